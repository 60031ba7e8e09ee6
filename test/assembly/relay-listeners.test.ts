import { describe, expect, it } from 'vitest';
import { basePortTexts } from '../../src/flags.ts';
import { relayPorts } from '../../src/lib/assembly/relay-listeners.ts';

const nothing = { port: undefined, smtpsPort: undefined, submissionPort: undefined, basePort: undefined };

describe('the ports of the relay', () => {
  it.each([
    [{}, [6025, 6465, 6587]],
    [{ port: 0 }, [0, 0, 0]],
    [{ port: 2525 }, [2525, 6465, 6587]],
    [{ basePort: 0 }, [25, 465, 587]],
    [{ basePort: 21_000 }, [21_025, 21_465, 21_587]],
    [{ basePort: 21_000, port: 0 }, [0, 0, 0]],
    [{ basePort: 21_000, smtpsPort: 'off' as const }, [21_025, 'off', 21_587]],
    [{ port: 0, submissionPort: 6587 }, [0, 0, 6587]],
  ])('with %j are %j', (given, [smtp, smtps, submission]) => {
    expect(relayPorts({ ...nothing, ...given })).toEqual({ smtp, smtps, submission });
  });
});

describe('--base-port', () => {
  it('stands above the ports of a file', () => {
    expect(basePortTexts('6000')).toMatchObject({
      'relay.port': { value: '6025' },
      'relay.smtpsPort': { value: '6465' },
      'relay.submissionPort': { value: '6587' },
    });
  });

  it('is refused as a setting when it is no number', () => {
    expect(basePortTexts('many')).toEqual({ 'relay.basePort': { flag: '--base-port', value: 'many' } });
  });
});
