import { randomBytes } from 'node:crypto';

// What is sent to see whether it arrives. Each can be told from all other mail.

export interface TestLetter {
  /** By which it is found again. */
  readonly mark: string;
  readonly bytes: Buffer;
}

export interface LetterWishes {
  readonly from: string;
  readonly to: string;
  readonly text?: string;
}

export function testLetter({ from, to, text = 'If you can read this, it works.' }: LetterWishes): TestLetter {
  const mark = `verify-${randomBytes(9).toString('hex')}`;
  const lines = [
    `From: <${from}>`,
    `To: <${to}>`,
    `Subject: A test of this mail server (${mark})`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${mark}@verify.invalid>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ];
  return { mark, bytes: Buffer.from(lines.join('\r\n')) };
}

/** Every filter takes this for spam: the Generic Test for Unsolicited Bulk Email. */
export const gtube = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';
