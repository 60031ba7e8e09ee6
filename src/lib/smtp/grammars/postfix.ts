import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import { isAddressLiteral, isDomainName, isUnicodeDomainName, rawDomainOf } from '../domain.ts';
import { refused, type CommandReading, type GivenAddress, type Grammar, type Refused } from '../grammar.ts';
import type { AnyOccasion } from '../persona.ts';
import { parsePath } from '../path.ts';
import { checkMailParameters, checkRcptParameters } from './postfix-parameters.ts';

const foreignVerbs = ['CONNECT', 'GET', 'POST'];
/** A header where a command should be: HTTP requests with a message inside look like that. */
const headerLine = /^[!-9;-~]+:/;
const blanks = /[ \t\r\v\f]/;

/** How Postfix 3.7 reads. */
export const postfixGrammar: Grammar = {
  command(line): CommandReading {
    if (!line.isWellFormed()) return refused('notUtf8');
    // To Postfix, which is written in C, a line ends with its first NUL.
    const nul = line.indexOf('\0');
    const trimmed = (nul < 0 ? line : line.slice(0, nul)).trim();
    if (trimmed === '') return refused('emptyLine');
    const blank = trimmed.search(blanks);
    const word = blank < 0 ? trimmed : trimmed.slice(0, blank);
    const verb = asciiUpper(word);
    if (!/^[A-Z]/i.test(trimmed) || foreignVerbs.includes(verb) || headerLine.test(word)) return { is: 'foreign' };
    return { is: 'command', verb, argument: trimmed.slice(word.length).trim() };
  },

  isName: (argument) => argument !== '',

  sender(argument, limits) {
    const given = addressAfter('FROM:', argument, 'mailSyntax', 'mailMalformed');
    if (given.is === 'refused') return given;
    const fault = checkMailParameters(given.parameters, limits);
    if (fault) return fault;
    return isTaken(given.address, given.parameters) ? given : refused('mailMalformed');
  },

  recipient(argument, parametersOfMail) {
    const given = addressAfter('TO:', argument, 'rcptSyntax', 'rcptMalformed');
    if (given.is === 'refused') return given;
    if (given.address === '' || !isTaken(given.address, parametersOfMail)) return refused('rcptMalformed');
    return checkRcptParameters(given.parameters) ?? given;
  },

  user(argument) {
    if (argument === '') return refused('vrfySyntax');
    const asked = argument.replace(/[ \t]+SMTPUTF8$/i, '');
    if (asked === '<>' || (/[ \t]/.test(asked) && !/^"[^"]*"$/.test(asked))) return refused('rcptMalformed');
    return { is: 'user', user: asked };
  },

  queue(argument) {
    if (argument === '' || /[ \t]/.test(argument)) return refused('etrnSyntax');
    const queue = argument.replace(/^[@#]/, '');
    const isValid = (isDomainName(queue) && !queue.endsWith('.')) || isAddressLiteral(queue);
    return isValid ? { is: 'queue', queue } : refused('etrnMalformed');
  },
};

function addressAfter(
  keyword: 'FROM:' | 'TO:',
  argument: PeerText,
  missing: AnyOccasion,
  malformed: AnyOccasion,
): GivenAddress | Refused {
  if (asciiUpper(argument.slice(0, keyword.length)) !== keyword) return refused(missing);
  const path = parsePath(argument.slice(keyword.length));
  if (path === 'missing') return refused(missing);
  return path === 'malformed' ? refused(malformed) : { is: 'address', ...path };
}

/** Whoever announces SMTPUTF8 may write domains in Unicode. */
function isTaken(address: PeerText, parametersOfMail: readonly PeerText[]): boolean {
  const domain = rawDomainOf(address);
  if (domain === undefined) return true;
  if (domain.startsWith('[')) return isAddressLiteral(domain);
  const isUnicode = parametersOfMail.some((word) => asciiUpper(word) === 'SMTPUTF8');
  return isUnicode ? isUnicodeDomainName(domain) : isDomainName(domain);
}
