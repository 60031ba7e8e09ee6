import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import { exitCodes, Fault, reason } from '../errors.ts';
import { checkCertificate, readFiles, type Certificate, type CertificateFiles } from './certificate.ts';
import { FileWatch, type WatchTimes } from '../document/file-watch.ts';
import { ownCertificate } from './own-certificate.ts';

export interface CertificateFacts {
  /** The distinguished name, one attribute on each line. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly notAfter: string;
  readonly fingerprint256: string;
  readonly selfSigned: boolean;
}

export type CertificateNotice =
  | { readonly kind: 'reloaded'; readonly facts: CertificateFacts }
  | { readonly kind: 'refused'; readonly detail: string };

export interface CertificateOptions {
  /** Where our own pair is kept when no certificate is given. The folder above it must be there. */
  readonly folder: string;
  readonly cert?: string;
  /** Without it the key is in the file of the certificate. */
  readonly key?: string;
  readonly hostname: string;
  readonly minVersion?: SecureVersion;
  readonly now: () => number;
  readonly notify: (notice: CertificateNotice) => void;
  readonly times?: WatchTimes;
}

const usualTimes: WatchTimes = { settleMs: 1_000, pollMs: 600_000 };

/** The certificate that servers show. Those that are given are followed: whoever renews them need not tell us. */
export class CertificateStore {
  readonly #options: CertificateOptions;
  readonly #files: CertificateFiles | undefined;
  readonly #watch: FileWatch | undefined;
  #loaded: Loaded;
  /** What the files were when they were last looked at: nothing is said twice of the same ones. */
  #seen: string;

  private constructor(options: CertificateOptions, files: CertificateFiles | undefined, look: Look) {
    this.#options = options;
    this.#files = files;
    this.#loaded = load(look.certificate(), options);
    this.#seen = look.seen;
    const follow = () => this.#follow(files!);
    this.#watch = files && new FileWatch(Object.values(files), follow, options.times ?? usualTimes);
  }

  static async open(options: CertificateOptions): Promise<CertificateStore> {
    const files = givenFiles(options);
    return new CertificateStore(options, files, files ? lookAt(files) : await lookAtOwn(options));
  }

  /** What a server answers the next handshake with. */
  get current(): SecureContext {
    return this.#loaded.context;
  }

  get facts(): CertificateFacts {
    return this.#loaded.facts;
  }

  /**
   * Reads everything anew, and says what came of it even if nothing has changed. What is bad leaves all as it was, and
   * comes back in words.
   */
  async reload(): Promise<string | undefined> {
    try {
      this.#take(this.#files ? lookAt(this.#files) : await lookAtOwn(this.#options));
      return undefined;
    } catch (error) {
      this.#refuse(error);
      return reason(error);
    }
  }

  close(): void {
    this.#watch?.close();
  }

  #follow(files: CertificateFiles): void {
    const look = lookAt(files);
    if (look.seen === this.#seen) return;
    try {
      this.#take(look);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #take(look: Look): void {
    this.#seen = look.seen;
    this.#loaded = load(look.certificate(), this.#options);
    this.#options.notify({ kind: 'reloaded', facts: this.facts });
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Fault)) throw error;
    this.#options.notify({ kind: 'refused', detail: error.message });
  }
}

function givenFiles({ cert, key }: CertificateOptions): CertificateFiles | undefined {
  if (cert !== undefined) return { cert, key: key ?? cert };
  if (key === undefined) return undefined;
  throw new Fault(`The key ${key} is given, and no certificate to it.`, {
    code: 'certificate.missing',
    fix: 'Name its certificate too, or neither of them.',
    exit: exitCodes.usage,
  });
}

interface Look {
  readonly seen: string;
  /** Throws what is wrong with it. */
  readonly certificate: () => Certificate;
}

function lookAt(files: CertificateFiles): Look {
  try {
    const bytes = readFiles(files);
    return { seen: digest(bytes.cert) + digest(bytes.key), certificate: () => checkCertificate(bytes, files) };
  } catch (error) {
    const throwIt = () => {
      throw error;
    };
    return { seen: reason(error), certificate: throwIt };
  }
}

async function lookAtOwn({ folder, hostname, now }: CertificateOptions): Promise<Look> {
  const certificate = await ownCertificate(folder, hostname, now());
  return { seen: '', certificate: () => certificate };
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Loaded {
  readonly context: SecureContext;
  readonly facts: CertificateFacts;
}

function load({ cert, key, parsed }: Certificate, options: CertificateOptions): Loaded {
  const facts = {
    subject: parsed.subject,
    notAfter: parsed.validToDate.toISOString(),
    fingerprint256: parsed.fingerprint256,
    selfSigned: parsed.checkIssued(parsed),
  };
  return { context: contextFor({ cert, key }, options), facts };
}

function contextFor(pair: Omit<Certificate, 'parsed'>, options: CertificateOptions): SecureContext {
  const { minVersion = 'TLSv1' } = options;
  // OpenSSL's own level does without TLS 1.0 and 1.1. Those who speak nothing newer are whom a trap is for, and a mail
  // server that takes any encryption over none speaks it with them.
  const ciphers = minVersion === 'TLSv1' || minVersion === 'TLSv1.1' ? 'DEFAULT@SECLEVEL=0' : undefined;
  try {
    return createSecureContext({ ...pair, minVersion, dhparam: 'auto', ...(ciphers !== undefined && { ciphers }) });
  } catch (error) {
    throw new Fault(`The certificate ${options.cert ?? options.folder} cannot be used: ${reason(error)}.`, {
      code: 'certificate.unusable',
      fix: 'Take a certificate with an RSA key of 2048 bits or an EC key.',
      exit: exitCodes.usage,
      cause: error,
    });
  }
}
