import { mechanismNames } from '../../smtp/auth.ts';
import { quoted } from './answer.ts';
import type { Contact } from './contact.ts';
import { isAuthLine, type Offer } from './offer.ts';

export interface DraftOffer {
  readonly features?: readonly string[] | 'none';
  readonly mechanisms?: readonly string[];
  readonly messageSize?: number;
  readonly remarks: readonly string[];
}

/** What the schema of a persona takes for a feature. */
const longestFeature = 255;

/** The EHLO reply as it is before TLS, with the logins of inside. */
export function draftOffer({ offer, offerInTls, mechanisms, wantsTlsForLogin }: Contact): DraftOffer {
  if (offer === 'unknown') return { remarks: [] };
  if (offer === 'nothing') return { features: 'none', remarks: ['EHLO is refused, and nothing is offered.'] };
  const known = mechanisms.filter((name) => mechanismNames.includes(name));
  const played = [...(wantsTlsForLogin ? withAuthOf(offerInTls!, offer) : offer.features)].filter(isPlayable);
  const lines = played.map(featureTemplate).filter((line, index, all) => {
    return line !== authTemplate || (known.length > 0 && all.indexOf(line) === index);
  });
  return {
    features: lines.length === 0 ? 'none' : lines,
    ...(known.length > 0 && { mechanisms: known }),
    ...(offer.messageSize !== undefined && { messageSize: offer.messageSize }),
    remarks: [
      ...remarksOnLogins(mechanisms, known),
      ...(wantsTlsForLogin && known.length > 0
        ? ['AUTH is offered only after STARTTLS. It is so here with relay.auth.offer: secure.']
        : []),
      ...offer.features.filter((line) => !isPlayable(line)).map((line) => `features: left out is ${quoted(line)}`),
    ],
  };
}

const authTemplate = 'AUTH {mechanisms}';

function remarksOnLogins(mechanisms: readonly string[], known: readonly string[]): readonly string[] {
  const unknown = mechanisms.filter((name) => !known.includes(name));
  if (unknown.length === 0) return [];
  const rest = known.length === 0 ? ' Nothing is left of its AUTH line.' : '';
  return [`mechanisms: left out, because nobody here speaks them, are ${unknown.join(' ')}.${rest}`];
}

/** The AUTH line of inside, before the line that it has behind it there. */
function withAuthOf(inside: Offer, { features }: Offer): readonly string[] {
  const at = inside.features.findIndex(isAuthLine);
  const next = inside.features.slice(at + 1).find((line) => features.includes(line));
  return features.toSpliced(next === undefined ? features.length : features.indexOf(next), 0, inside.features[at]!);
}

function isPlayable(line: string): boolean {
  return line.length <= longestFeature && !/\p{C}|\u2028|\u2029/u.test(line);
}

function featureTemplate(line: string): string {
  if (/^SIZE [1-9]\d*$/i.test(line)) return 'SIZE {size}';
  return isAuthLine(line) ? authTemplate : line;
}
