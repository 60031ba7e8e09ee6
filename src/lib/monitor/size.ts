/** Of a terminal, or of a part of its screen. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}
