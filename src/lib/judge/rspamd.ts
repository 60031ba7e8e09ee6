import { request } from 'node:http';
import { Incomprehensible, type Judge, type Judged, type Judgement } from './judge.ts';

const mostSaid = 2 ** 20;

interface Answer {
  readonly action?: unknown;
  readonly score?: unknown;
  readonly required_score?: unknown;
  readonly symbols?: Readonly<Record<string, { readonly score?: number }>>;
}

/** rspamd's worker, asked over HTTP as its documentation of /checkv2 says. */
export class Rspamd implements Judge {
  readonly name = 'rspamd';
  readonly #host: string;
  readonly #port: number;

  constructor({ host, port }: { readonly host: string; readonly port: number }) {
    this.#host = host;
    this.#port = port;
  }

  async judge(message: Judged, signal: AbortSignal): Promise<Judgement> {
    return judgementIn(await this.#post(message, signal));
  }

  #post({ bytes, peer, helo, from, to }: Judged, signal: AbortSignal): Promise<string> {
    const headers = {
      ...(peer !== undefined && { IP: peer }),
      ...(helo !== undefined && { Helo: headerText(helo) }),
      From: headerText(from),
      Rcpt: to.slice(0, 50).map(headerText),
      'Content-Length': bytes.length,
    };
    const answer = Promise.withResolvers<string>();
    const options = { host: this.#host, port: this.#port, path: '/checkv2', method: 'POST', headers, signal };
    const asked = request(options, (response) => {
      let said = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        said += text;
        if (said.length > mostSaid) asked.destroy(new Incomprehensible('its answer does not end'));
      });
      response.on('end', () => answer.resolve(said));
      response.on('error', answer.reject);
    });
    asked.on('error', answer.reject);
    asked.end(bytes);
    return answer.promise;
  }
}

/** A peer's words in a header of HTTP: nothing that could end it. */
function headerText(text: string): string {
  return text.replaceAll(/[^ -~]/g, '?').slice(0, 500);
}

function judgementIn(text: string): Judgement {
  let answer: Answer;
  try {
    answer = JSON.parse(text) as Answer;
  } catch (error) {
    throw new Incomprehensible(`rspamd answered ${text.slice(0, 100)}`, { cause: error });
  }
  const { action, score, required_score: limit, symbols = {} } = answer;
  if (typeof action !== 'string' || typeof score !== 'number') {
    throw new Incomprehensible(`rspamd answered ${text.slice(0, 100)}`);
  }
  const names = Object.entries(symbols)
    .sort(([, one], [, other]) => (other.score ?? 0) - (one.score ?? 0))
    .map(([name]) => name)
    .slice(0, 30);
  return {
    verdicts: [`rspamd=${action.replaceAll(' ', '-')}`],
    detail: `score ${score} of ${typeof limit === 'number' ? limit : '?'}: ${names.join(',')}`,
  };
}
