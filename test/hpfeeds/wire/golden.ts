import type { Frame } from '../../../src/lib/hpfeeds/wire/frame.ts';

/** Frames and their bytes, worked out by hand from the description of the format. */
export const golden: readonly { readonly frame: Frame; readonly hex: string }[] = [
  {
    frame: { operation: 'error', text: 'Authentication failed for a' },
    hex: '00000020 00 41757468656e7469636174696f6e206661696c656420666f722061',
  },
  {
    frame: { operation: 'info', broker: 'hpfeeds', nonce: Buffer.from('01020304', 'hex') },
    hex: '00000011 01 07 68706665656473 01020304',
  },
  {
    // Nonces of other lengths are in use.
    frame: { operation: 'info', broker: '', nonce: Buffer.alloc(16, 0xff) },
    hex: `00000016 01 00 ${'ff'.repeat(16)}`,
  },
  {
    // sha1 of 01020304 and "secret"
    frame: {
      operation: 'auth',
      ident: 'writer',
      digest: Buffer.from('bf13c597ffb288ba1d013c277c6a229a8e976b5a', 'hex'),
    },
    hex: '00000020 02 06 777269746572 bf13c597ffb288ba1d013c277c6a229a8e976b5a',
  },
  {
    frame: { operation: 'publish', ident: 'writer', channel: 'spam.mails', payload: Buffer.from([0, 1, 0xff]) },
    hex: '0000001a 03 06 777269746572 0a 7370616d2e6d61696c73 0001ff',
  },
  {
    frame: { operation: 'publish', ident: '', channel: '', payload: Buffer.alloc(0) },
    hex: '00000007 03 00 00',
  },
  {
    frame: { operation: 'subscribe', ident: 'reader', channel: 'spam.mails' },
    hex: '00000016 04 06 726561646572 7370616d2e6d61696c73',
  },
  {
    frame: { operation: 'unsubscribe', ident: 'é', channel: '' },
    hex: '00000008 05 02 c3a9',
  },
];

export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}
