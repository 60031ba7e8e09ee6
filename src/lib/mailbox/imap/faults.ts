import { errno, reason } from '../../errors.ts';
import { printable } from '../../text/printable.ts';
import { MailboxFault } from '../mailbox-fault.ts';
import { loginTrouble, throttleTime } from '../server-words.ts';

/** What imapflow adds to the errors it throws. */
interface ImapError {
  readonly code?: string;
  readonly authenticationFailed?: boolean;
  readonly tlsFailed?: boolean;
  /** The response code in brackets, e.g. `AUTHENTICATIONFAILED`. */
  readonly serverResponseCode?: string;
  readonly responseStatus?: string;
  readonly responseText?: string;
  readonly response?: unknown;
  readonly throttleReset?: number;
  readonly reason?: string;
}

/** A fault of imapflow, of the socket below it or of the server, as it matters to us. */
export function mailboxFault(thrown: unknown, doing: string): MailboxFault {
  if (thrown instanceof MailboxFault) return thrown;
  const error = (thrown ?? {}) as ImapError;
  const said = printable(error.responseText ?? (typeof error.response === 'string' ? error.response : ''));
  const words = said === '' ? printable(plainWords(thrown)) : `the server says: ${said.replace(/\.+$/, '')}`;
  const fault = (kind: MailboxFault['kind'], details = {}) =>
    new MailboxFault(kind, `${doing}: ${words}`, { cause: thrown, ...details });
  const code = error.code ?? errno(thrown) ?? '';

  if (error.authenticationFailed) {
    // imapflow calls every failed login a wrong password; servers also refuse those who come too often.
    const kind = loginTrouble(error.serverResponseCode, said);
    return fault(kind, { retryAfterMs: throttleTime(said) });
  }
  if (code === 'ETHROTTLE') return fault('throttled', { retryAfterMs: error.throttleReset ?? throttleTime(said) });
  if (error.tlsFailed || isOfTls(code)) return fault('tls');
  if (/^(?:ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/.test(code)) return fault('resolve');
  if (code.endsWith('TIMEOUT') || code === 'ETIMEDOUT') return fault('timeout');
  if (
    /^(?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPROXY|ProxyError|UnsupportedProxyAddress)$/.test(
      code,
    )
  ) {
    return fault('connect');
  }
  if (error.responseStatus === 'NO' || error.responseStatus === 'BAD') return fault('refused');
  if (
    /^(?:ParserError|LineTooLarge|LiteralTooLarge|ResponseTooLarge|Unexpected|InvalidResponse|MAX_IMAP|Response)/.test(
      code,
    )
  ) {
    return fault('protocol');
  }
  return fault('lost');
}

/** What Node.js and OpenSSL say, for people who know neither. */
function plainWords(thrown: unknown): string {
  const said = reason(thrown).replace(/; if the root CA is installed locally.*$/, '');
  return /wrong version number|packet length too long|unexpected message/i.test(said)
    ? 'what answers there does not speak TLS'
    : said;
}

function isOfTls(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|STARTTLS|UPGRADE_)/.test(
    code,
  );
}
