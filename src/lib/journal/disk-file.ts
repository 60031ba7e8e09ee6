/** A file that the journal writes. Every call runs off the event loop; a slow disk holds up nobody else. */
export interface DiskFile {
  /** Writes all of the buffers at the offset, or throws. The file may grow by some zeros beyond them. */
  write(buffers: readonly Buffer[], offset: number): Promise<void>;
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}
