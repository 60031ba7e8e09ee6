import type { Chance } from './chance.ts';

interface Campaign {
  readonly from: readonly string[];
  readonly subject: (chance: Chance) => string;
  readonly body: (chance: Chance) => string;
  readonly attachment?: string;
}

const names = ['anna', 'boris', 'chen', 'dmitri', 'elif', 'farid', 'grace', 'hugo', 'ines', 'jun', 'kofi', 'lena'];

const campaigns: readonly Campaign[] = [
  {
    from: ['pharmacy@discount.example', 'rx@pills.example'],
    subject: (chance) => `${chance.oneOf(['Cheap', 'Best', 'Discreet'])} meds, order ${chance.letters(5)}`,
    body: (chance) => `Dear ${chance.oneOf(names)},\n\nbuy now: http://pills.example/${chance.letters(8)}\n`,
  },
  {
    from: ['billing@paypa1.example'],
    subject: () => 'Your account has been limited',
    body: (chance) => `Confirm within 24 hours: https://login.paypa1.example/verify?id=${chance.letters(12)}\n`,
  },
  {
    from: ['invoice@accounting.example', 'office@accounting.example'],
    subject: (chance) => `Invoice ${1000 + chance.upTo(9000)} overdue`,
    body: () => 'Please find the invoice attached.\n',
    attachment: 'invoice.zip',
  },
  {
    from: ['лотерея@mail.example', 'winner@lotto.example'],
    subject: () => 'Вы выиграли приз',
    body: () => 'Поздравляем! Ответьте, чтобы получить приз.\n',
  },
  {
    from: ['sales@shop.example'],
    subject: () => '限时优惠 全场五折 🎉',
    body: (chance) => `立即购买 http://shop.example/${chance.letters(6)}\n`,
  },
  {
    from: ['crypto@invest.example'],
    subject: () => 'استثمر الآن واربح كل يوم',
    body: () => 'عائد مضمون كل أسبوع.\n',
  },
  {
    // What it would do to a terminal that believed it.
    from: ['evil@escape.example'],
    subject: () => '\u001b]0;owned\u0007\u001b[2Jclear \u202egnp.exe\u200b',
    body: () => '\u001b[31mred\u001b[0m and \u009b1m bold\n',
  },
];

export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** A letter of one of the campaigns: never two alike, and all of a kind alike. */
export function letter(chance: Chance): Letter {
  const campaign = chance.oneOf(campaigns);
  const from = chance.oneOf(campaign.from);
  const to = Array.from({ length: 1 + chance.upTo(4) }, () => `${chance.oneOf(names)}@${chance.letters(5)}.example`);
  const subject = `=?utf-8?b?${Buffer.from(campaign.subject(chance)).toString('base64')}?=`;
  return { from, to, content: content(campaign, chance, { from, to, subject }) };
}

/** A test whether the relay works, of the kind that holds what was just tried. */
export function relayTest(chance: Chance, user: string, password: string): Letter {
  const content = `From: test@scan.example\r\nSubject: ${chance.letters(6)}\r\n\r\nhost works, ${user} ${password}\r\n`;
  return { from: 'test@scan.example', to: [`drop${chance.upTo(99)}@collector.example`], content };
}

function content(
  { body, attachment }: Campaign,
  chance: Chance,
  { from, to, subject }: { readonly from: string; readonly to: readonly string[]; readonly subject: string },
): string {
  const head = [
    `From: <${from}>`,
    `To: <${to[0]}>`,
    `Subject: ${subject}`,
    `Message-ID: <${chance.letters(16)}@${chance.letters(6)}.example>`,
    'MIME-Version: 1.0',
  ];
  const text = body(chance);
  if (attachment === undefined) {
    return wire([...head, 'Content-Type: text/plain; charset=utf-8', '', text]);
  }
  const boundary = chance.letters(20);
  const file = Buffer.from(Array.from({ length: 200 + chance.upTo(2_000) }, () => chance.upTo(256)));
  return wire([
    ...head,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    `--${boundary}`,
    `Content-Type: application/zip; name="${attachment}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${attachment}"`,
    '',
    ...file.toString('base64').match(/.{1,76}/g)!,
    `--${boundary}--`,
    '',
  ]);
}

function wire(lines: readonly string[]): string {
  return lines.join('\n').replaceAll(/\r?\n/g, '\r\n');
}
