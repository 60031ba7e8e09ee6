import type { PeerText } from '../../capture/capture.ts';
import { asciiUpper } from '../../text/ascii.ts';
import { refused, type CommandReading, type Grammar, type Refused } from '../grammar.ts';
import { readEximAddress } from './exim-address.ts';

/** Words before an operand are part of the command, with one blank between them. */
const envelopeCommand = /^(?:MAIL FROM|RCPT TO):/i;
const loneVerbs = ['DATA', 'QUIT', 'RSET', 'STARTTLS'];
const mailParameters = ['SIZE', 'BODY', 'AUTH', 'RET', 'ENVID', 'SMTPUTF8', 'PRDR'];

/** How Exim 4.96 reads where it takes domain literals and addresses without a domain, as an open relay would. */
export const eximGrammar: Grammar = {
  command(line): CommandReading {
    if (line.includes('\0')) return refused('nul');
    const text = line.trimEnd();
    const verb = /^[A-Z\d-]+(?= |$)/i.exec(text)?.[0].toUpperCase();
    if (verb === undefined) return refused('unknown');
    const argument = text.slice(verb.length).trim();
    if ((verb === 'MAIL' || verb === 'RCPT') && !envelopeCommand.test(line)) return refused('unknown');
    if (loneVerbs.includes(verb) && argument !== '') return refused('unexpectedArgument');
    return { is: 'command', verb, argument };
  },

  isName: (argument) => /^(?:[a-z\d.:-]+|\[[a-z\d.:]+\])$/i.test(argument),

  sender(argument, { messageSize, introducedWith }) {
    const operand = operandOf(argument);
    if (operand === '') return refused('mailSyntax');
    const { text, parameters } =
      introducedWith === 'EHLO' ? withoutParameters(operand) : { text: operand, parameters: [] };
    const fault = checkParameters(parameters, messageSize);
    if (fault) return fault;
    const read = readEximAddress(text);
    if (read.is === 'faulty') return refused('mailMalformed', { argument: operand, why: read.why });
    return { is: 'address', address: read.address, parameters };
  },

  recipient(argument) {
    const operand = operandOf(argument);
    if (operand === '') return refused('rcptSyntax');
    const given = afterSearchForParameters(operand);
    const read = readEximAddress(given);
    if (read.is === 'faulty') return refused('rcptMalformed', { argument: given, why: read.why });
    // What was put in by the search stays out of the evidence; it takes as much room as what it stands for.
    const address = operand.slice(read.start, read.start + read.address.length);
    if (address === '') return refused('rcptMalformed', { argument: given, why: 'missing or malformed local part' });
    return { is: 'address', address, parameters: [] };
  },

  user(argument) {
    if (argument === '') return refused('vrfySyntax');
    const read = readEximAddress(argument);
    if (read.is === 'faulty') return refused('vrfyMalformed', { why: read.why });
    if (read.address === '') return refused('vrfyMalformed', { why: 'missing or malformed local part' });
    return { is: 'user', user: read.address };
  },

  queue: (argument) => ({ is: 'queue', queue: argument }),
};

function operandOf(argument: PeerText): PeerText {
  return argument.slice(argument.indexOf(':') + 1).trim();
}

/** Takes parameters that it knows from the end, as long as there are some. */
function withoutParameters(operand: PeerText): { readonly text: PeerText; readonly parameters: readonly PeerText[] } {
  const parameters: PeerText[] = [];
  let text = operand;
  for (;;) {
    const blank = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t'));
    const word = text.slice(blank + 1);
    const name = asciiUpper(word.split('=', 1)[0]!);
    const isKnown = mailParameters.includes(name) && !(name === 'SMTPUTF8' && word.includes('='));
    if (blank < 0 || !isKnown) return { text, parameters };
    parameters.unshift(word);
    text = text.slice(0, blank).trimEnd();
  }
}

function checkParameters(parameters: readonly PeerText[], messageSize: number): Refused | undefined {
  for (const word of parameters.toReversed()) {
    const [name = '', value] = word.split('=', 2);
    switch (asciiUpper(name)) {
      case 'SMTPUTF8':
        return refused('unsupportedOption', { option: word });
      case 'BODY':
        if (value === undefined || !/^(?:7BIT|8BITMIME|)$/i.test(value)) return refused('bodyMalformed');
        break;
      case 'SIZE':
        // What is below zero is, as an unsigned number, more than anything.
        if (value?.startsWith('-') || Number.parseInt(value ?? '0', 10) > messageSize) return refused('sizeExceeded');
    }
  }
  return undefined;
}

/** Exim looks for a parameter in vain, and puts back what it took away: a `=` where there was none. */
function afterSearchForParameters(operand: PeerText): PeerText {
  return operand.replace(/[ \t]([^\s=]*)$/, '=$1');
}
