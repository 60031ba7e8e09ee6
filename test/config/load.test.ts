import { join } from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { exitCodes } from '../../src/lib/errors.ts';
import { loadConfig } from '../../src/lib/config/load.ts';
import type { OutputSettings, Settings } from '../../src/lib/config/schema.ts';
import { configFault, createPlace, faultsOf, linesOf, placeWith } from './place.ts';

describe('the effective configuration', () => {
  it('consists of defaults where there is no file', () => {
    const { settings, origins, file } = loadConfig({ machine: createPlace() });
    expect(file).toBeUndefined();
    expect(new Set(origins.values())).toEqual(new Set(['default']));
    expect(settings).toEqual({
      dataDir: undefined,
      sensor: { name: 'sensor-7' },
      relay: expect.objectContaining({
        bind: ['127.0.0.1'],
        port: undefined,
        smtpsPort: undefined,
        hostname: 'sensor-7',
        persona: 'postfix',
        limits: expect.objectContaining({
          connections: 10_000,
          recipients: 1000,
          messageSize: undefined,
          errors: undefined,
          session: 3_600_000,
        }),
      }),
      lmtp: expect.objectContaining({ port: 6024, domains: undefined }),
      collect: expect.objectContaining({ mailboxes: {}, parallel: 50, memory: 32 * 2 ** 20 }),
      geo: { files: undefined },
      index: { live: false, maxAge: 31_536_000_000, maxSize: 4 * 2 ** 30 },
      judges: {
        spamd: { host: '127.0.0.1', port: 'off' },
        rspamd: { host: '127.0.0.1', port: 'off' },
        clamd: { host: '127.0.0.1', port: 'off' },
        sender: { check: false, resolvers: undefined },
        maxSize: 5 * 2 ** 20,
        timeout: 60_000,
        atOnce: 4,
      },
      health: { bind: '127.0.0.1', port: 'off' },
      maildirs: { paths: undefined, from: 'now', poll: 30_000, largest: 134_217_728 },
      journal: {
        segmentSize: 64 * 2 ** 20,
        retain: { age: 604_800_000, size: 10 * 2 ** 30 },
        maxSize: 20 * 2 ** 30,
        diskFloor: 512 * 2 ** 20,
        maxPending: 64 * 2 ** 20,
        memory: 128 * 2 ** 20,
        spillAt: 2 ** 20,
      },
      outputs: {
        maildir: {
          type: 'maildir',
          path: undefined,
          from: 'now',
          maxLag: 5 * 2 ** 30,
          whenBehind: 'hold',
          checkpoint: 5000,
          required: true,
        },
        jsonl: {
          type: 'jsonl',
          path: undefined,
          record: 'full',
          rotateSize: 64 * 2 ** 20,
          keepFiles: 14,
          from: 'now',
          maxLag: 5 * 2 ** 30,
          whenBehind: 'hold',
          checkpoint: 5000,
          required: false,
        },
      },
      rules: { file: undefined, ownAddresses: undefined, ownHosts: undefined },
      probes: {
        mode: 'review',
        acknowledge: undefined,
        budget: {
          perDay: 20,
          perRecipient: 3,
          perHour: undefined,
          perDomain: undefined,
          perSource: undefined,
          perNetwork: undefined,
          perRule: undefined,
          bytesPerDay: undefined,
        },
        recipients: 'first',
        deny: undefined,
        allow: undefined,
        largest: 2 ** 20,
        most: 1000,
        mostBytes: 256 * 2 ** 20,
        keep: 30 * 864e5,
        test: { server: undefined, port: 25, recipient: undefined, sender: undefined },
        resolvers: undefined,
        ipv4Only: ['gmail.com'],
        repair: 'none',
      },
      broker: {
        embed: true,
        name: 'spamtrap',
        bind: ['127.0.0.1'],
        port: 10_000,
        auth: undefined,
        channels: ['spam.mails'],
        whenSlow: 'wait',
        statusPort: 'off',
        tls: { offer: 'no', cert: undefined, key: undefined },
        limits: {
          frame: 2 ** 20 + 5,
          connections: 1000,
          perAddress: 100,
          perIdentity: 100,
          authTime: 10_000,
          backlog: 16 * 2 ** 20,
          backlogs: 256 * 2 ** 20,
          slowFor: 60_000,
        },
      },
      cluster: {
        servers: undefined,
        identity: undefined,
        secret: undefined,
        credentials: undefined,
        tls: { use: false, ca: undefined, certificate: undefined, key: undefined, begins: 'afterGreeting' },
        connectTimeout: 10_000,
        name: 'spamtrap',
        replicas: undefined,
        lease: 30_000,
        mailboxes: 'shared',
        budget: 'own',
        rules: 'own',
      },
      daybook: { keep: 'yes', rewrite: 60_000 },
      log: { format: 'auto' },
      shutdown: { drain: 10_000 },
    });
  });

  it('has the types that the schema says', () => {
    expectTypeOf<Settings['lmtp']['port']>().toEqualTypeOf<number>();
    expectTypeOf<Settings['relay']['bind']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Settings['dataDir']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Settings['log']['format']>().toEqualTypeOf<'auto' | 'json' | 'human'>();
    expectTypeOf<OutputSettings['type']>().toEqualTypeOf<'maildir' | 'jsonl' | 'hpfeeds' | 'amqp' | 'nats'>();
    expectTypeOf<OutputSettings['required']>().toEqualTypeOf<boolean>();
    expectTypeOf<Extract<OutputSettings, { type: 'jsonl' }>['record']>().toEqualTypeOf<'full' | 'plain'>();
  });

  it('takes defaults, file, environment and flags, each over the one before', () => {
    const machine = placeWith('relay:\n  bind: [127.0.0.1, "::1"]\n  port: 1001\n  limits: {idle: 2m, errors: 3}\n');
    machine.env['SPAMTRAP_RELAY_PORT'] = '1002';
    machine.env['SPAMTRAP_RELAY_LIMITS_ERRORS'] = '4';
    machine.env['SPAMTRAP_RELAY_LIMITS_MESSAGE_SIZE'] = '20 MiB';
    const flags = { 'relay.port': { flag: '--port', value: '1003' } };
    const { settings, origins } = loadConfig({ machine, flags });
    expect(settings.relay.bind).toEqual(['127.0.0.1', '::1']);
    expect(settings.relay.port).toBe(1003);
    expect(settings.relay.limits).toMatchObject({ idle: 120_000, errors: 4, messageSize: 20 * 2 ** 20 });
    expect(Object.fromEntries([...origins].filter(([, origin]) => origin !== 'default'))).toEqual({
      'relay.bind': 'trap.yml:2:9',
      'relay.port': '--port',
      'relay.limits.idle': 'trap.yml:4:18',
      'relay.limits.errors': 'env SPAMTRAP_RELAY_LIMITS_ERRORS',
      'relay.limits.messageSize': 'env SPAMTRAP_RELAY_LIMITS_MESSAGE_SIZE',
    });
  });

  it('reads lists from variables and flags with commas between the values', () => {
    const machine = createPlace();
    machine.env['SPAMTRAP_RELAY_BIND'] = '127.0.0.1, ::1';
    expect(loadConfig({ machine }).settings.relay.bind).toEqual(['127.0.0.1', '::1']);
    const flags = { 'relay.bind': { flag: '--bind', value: 'localhost' } };
    expect(loadConfig({ machine, flags }).settings.relay.bind).toEqual(['localhost']);
  });

  it('takes an empty variable for one that is not set', () => {
    const machine = createPlace();
    Object.assign(machine.env, { SPAMTRAP_RELAY_PORT: '', SPAMTRAP_CONFIG: '' });
    expect(loadConfig({ machine }).settings.lmtp.port).toBe(6024);
  });

  it('leaves what has only a heading at its defaults', () => {
    const machine = placeWith('relay:\noutputs:\n  maildir:\n  # jsonl:\nlog: ~\n');
    const { settings } = loadConfig({ machine });
    expect(settings.lmtp.port).toBe(6024);
    expect(Object.keys(settings.outputs)).toEqual(['maildir']);
  });

  it('begins relative paths at the file, and those of variables and flags in the working directory', () => {
    const machine = createPlace();
    const config = machine.write('conf/my.yml', 'dataDir: data\noutputs: {maildir: {path: ~/Mail}}\n');
    const { settings, file, origins } = loadConfig({ machine, config: '../conf/my.yml' });
    expect(file).toBe(config);
    expect(origins.get('dataDir')).toBe('../conf/my.yml:1:10');
    expect(settings.dataDir).toBe(join(config, '../data'));
    expect(settings.outputs['maildir']).toMatchObject({ path: join(machine.home, 'Mail') });
    machine.env['SPAMTRAP_DATA_DIR'] = 'data';
    expect(loadConfig({ machine, config }).settings.dataDir).toBe(join(machine.cwd, 'data'));
  });
});

describe('faults', () => {
  it('are all reported at once, each with its place, its value and what would be valid', () => {
    const machine = placeWith(
      [
        'relay:',
        '  ports: 25',
        '  bind: [127.0.0.1, "not a host", {a: b}]',
        '  limits:',
        '    idle: soon',
        '    messageSize: -1',
        '    errors:',
        'journal: [1]',
        'jurnal: {}',
        'log: {format: jason}',
        'outputs:',
        '  maildir: {required: perhaps}',
        '  feed: {type: hpfeed}',
        '  2nd: {}',
        '  spare:',
      ].join('\n'),
    );
    machine.env['SPAMTRAP_RELAY_PORT'] = 'smtp';
    machine.env['SPAMTRAP_RELAY_HOST_NAME'] = 'x';
    machine.env['SPAMTRAP_FROBNICATE_EVERYTHING'] = 'x';
    const flags = { 'relay.port': { flag: '--port', value: '70000' } };
    const size = 'a size such as 512 KiB, 10 GiB or a number of bytes';
    const duration = 'a duration such as 250ms, 30s, 5m, 1h or 7d, at least 1s';
    const positive = 'a whole number of at least 1';
    const keys = 'segmentSize, retain, maxSize, diskFloor, maxPending, memory or spillAt';
    const elsewhere = 'it into the configuration file, or take a name from docs/configuration.md';
    const host = 'an IP address or a host name';
    const port = 'a port from 0 to 65535 (0: any free one)';
    expect(linesOf(() => loadConfig({ machine, flags })).toSorted()).toEqual(
      [
        'trap.yml:2:3: relay.ports: unknown key; did you mean port?',
        `trap.yml:3:21: relay.bind: "not a host" is not valid; write ${host}`,
        `trap.yml:3:35: relay.bind: a group of keys is not valid; write ${host}`,
        `trap.yml:5:11: relay.limits.idle: "soon" is not valid; write ${duration}`,
        `trap.yml:6:18: relay.limits.messageSize: "-1" is not valid; write ${size}, at least 1 B`,
        `trap.yml:7:5: relay.limits.errors: nothing is written here; write ${positive}, or leave the key out`,
        `trap.yml:8:10: journal: a list is not valid; write keys: ${keys}`,
        'trap.yml:9:1: jurnal: unknown key; did you mean journal?',
        'trap.yml:10:15: log.format: "jason" is not valid; write auto, json or human; did you mean json?',
        'trap.yml:12:23: outputs.maildir.required: "perhaps" is not valid; write true or false',
        'trap.yml:13:16: outputs.feed.type: "hpfeed" is not valid; write maildir, jsonl, hpfeeds, amqp or nats; did you mean hpfeeds?',
        'trap.yml:14:3: outputs: "2nd" is not a valid name; write at most 64 letters, digits, - and _, a letter first',
        'trap.yml:15:3: outputs.spare.type: is missing, and "spare" is no type; write maildir, jsonl, hpfeeds, amqp or nats',
        `env SPAMTRAP_RELAY_PORT: relay.port: "smtp" is not valid; write ${port}`,
        'env SPAMTRAP_RELAY_HOST_NAME: no such variable; did you mean SPAMTRAP_RELAY_HOSTNAME?',
        `env SPAMTRAP_FROBNICATE_EVERYTHING: no such variable; write ${elsewhere}`,
        `--port: relay.port: "70000" is not valid; write ${port}`,
      ].toSorted(),
    );
  });

  it('are one fault of the configuration, with the list as data', () => {
    const fault = configFault(() => loadConfig({ machine: placeWith('relay: {port: 99999}') }));
    expect(fault.exit).toBe(exitCodes.usage);
    expect(fault.code).toBe('config.faulty');
    expect(fault.faults).toEqual([
      {
        origin: 'trap.yml:1:15',
        key: 'relay.port',
        value: '"99999"',
        problem: 'is not valid',
        valid: 'a port from 0 to 65535 (0: any free one)',
      },
    ]);
  });

  it('are found also where a stronger layer overrides them', () => {
    const machine = placeWith('relay: {port: x}');
    machine.env['SPAMTRAP_RELAY_PORT'] = '25';
    expect(linesOf(() => loadConfig({ machine }))).toHaveLength(1);
  });

  it('show values of any length and content safely', () => {
    const machine = placeWith(`relay: {port: "\\e]0;owned\\a${'x'.repeat(500_000)}"}`);
    machine.env['SPAMTRAP_\u001b[31m'] = 'x';
    const { message } = configFault(() => loadConfig({ machine }));
    expect(message).not.toMatch(/[^\n\x20-\x7e…]/);
    expect(message.length).toBeLessThan(400);
  });

  it('know keys that objects inherit for what they are: unknown', () => {
    const text = 'constructor: 1\n__proto__: {port: 1}\nrelay: {toString: 1}\noutputs: {__proto__: {type: valueOf}}\n';
    const keys = ['constructor', '__proto__', 'relay.toString', 'outputs'];
    expect(configFault(() => loadConfig({ machine: placeWith(text) })).faults.map(({ key }) => key)).toEqual(
      expect.arrayContaining(keys),
    );
  });

  it('refuse a name that the program keeps for itself', () => {
    const machine = placeWith('outputs:\n  probe-desk:\n    type: jsonl\n');
    expect(faultsOf(() => loadConfig({ machine }))).toMatchObject([
      { origin: 'trap.yml:2:3', value: '"probe-desk"', problem: 'is a name that the program keeps for itself' },
    ]);
  });

  it('accept the variables that a caller knows', () => {
    const machine = createPlace();
    Object.assign(machine.env, { SPAMTRAP_JSON: '1', SPAMTRAP_TEST_PEERS: 'all' });
    expect(() => loadConfig({ machine })).toThrow('SPAMTRAP_TEST_PEERS: no such variable');
    expect(loadConfig({ machine, knownVariables: ['SPAMTRAP_TEST_PEERS'] }).settings.lmtp.port).toBe(6024);
  });
});

describe('outputs', () => {
  const load = (yaml: string) => loadConfig({ machine: placeWith(yaml) });

  it('may have any name when the type is written', () => {
    const { settings, origins } = load('outputs:\n  archive:\n    type: jsonl\n    keepFiles: 3\n  maildir:\n');
    expect(Object.keys(settings.outputs)).toEqual(['archive', 'maildir']);
    expect(settings.outputs['archive']).toMatchObject({ type: 'jsonl', keepFiles: 3, record: 'full' });
    expect(origins.get('outputs.archive.type')).toBe('trap.yml:3:11');
    expect(origins.get('outputs.archive.keepFiles')).toBe('trap.yml:4:16');
    expect(origins.get('outputs.maildir.type')).toBe('default');
  });

  it('are those of the file alone when it names any, and none when it says so', () => {
    expect(Object.keys(load('outputs: {jsonl: }').settings.outputs)).toEqual(['jsonl']);
    expect(load('outputs: {}').settings.outputs).toEqual({});
  });

  it('have no key of another type', () => {
    expect(() => load('outputs: {maildir: {keepFiles: 3}}')).toThrow('outputs.maildir.keepFiles: unknown key');
  });
});
