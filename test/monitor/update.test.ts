import { describe, expect, it } from 'vitest';
import { accepted, timed } from './events.ts';
import { Scene, sensorView } from './scene.ts';

const three = timed(accepted({ subject: 'one' }), accepted({ subject: 'two' }), accepted({ subject: 'three' }));

describe('views', () => {
  it('are switched by number, tab and command, and each keeps its place', () => {
    const scene = new Scene().told(...three).types('2k/o<enter>');
    expect(scene.state).toMatchObject({ view: 'messages', places: { messages: { filter: 'o' } } });
    expect(scene.types('<tab>').state.view).toBe('sessions');
    expect(scene.types('<backTab><backTab>').state.view).toBe('overview');
    expect(scene.types('<backTab>').state.view).toBe('cluster');
    expect(scene.types(':mess<enter>').state).toMatchObject({
      view: 'messages',
      places: { messages: { filter: 'o' } },
    });
    expect(scene.types(':m<enter>').text).toContain('There is no command "m"');
    expect(scene.types(':quti<enter>').text).toContain('did you mean quit?');
  });

  it('ask for what they show when they are shown, and each second', () => {
    const scene = new Scene().types('4');
    expect(scene.effects).toEqual([
      { do: 'look', at: 'state' },
      { do: 'look', at: 'probes' },
    ]);
    expect(scene.happens({ is: 'second' }).effects).toHaveLength(2);
    expect(scene.types('6').effects).toContainEqual({ do: 'look', at: 'mailboxes' });
    expect(scene.happens({ is: 'gone', why: 'gone' }).happens({ is: 'second' }).effects).toEqual([]);
  });
});

describe('the cursor', () => {
  it('stays on the last row as rows come, until it is moved', () => {
    const scene = new Scene().types('2').told(...three);
    expect(scene.chosen).toContain('three');
    expect(scene.told(...timed(accepted({ subject: 'four' }))).chosen).toContain('four');
    scene.types('k');
    expect(scene.told(...timed(accepted({ subject: 'five' }))).chosen).toContain('three');
    expect(scene.types('g').chosen).toContain('one');
    expect(scene.types('k').chosen).toContain('one');
    expect(scene.types('G').told(...timed(accepted({ subject: 'six' }))).chosen).toContain('six');
  });

  it('stays on its row while others are filtered away', () => {
    const scene = new Scene()
      .types('2')
      .told(...three)
      .types('k/!one<enter>');
    expect(scene.chosen).toContain('two');
    expect(scene.text).toContain('/!one  2 of 3');
    expect(scene.types('<escape>').chosen).toContain('two');
  });

  it('is on the first row when its own has gone', () => {
    const scene = new Scene()
      .types('2')
      .told(...three)
      .types('g/!one<enter>');
    expect(scene.chosen).toContain('two');
  });
});

describe('a filter', () => {
  it('holds while it is typed, and goes with escape', () => {
    const scene = new Scene()
      .types('2')
      .told(...three)
      .types('/three');
    expect(scene.text).not.toContain('one');
    expect(scene.types('<erase><erase><erase><erase><erase>').text).toContain('one');
    expect(scene.types('x<escape>').text).toContain('one');
    expect(scene.state.typing).toBeUndefined();
  });

  it('takes keys that do something elsewhere as letters', () => {
    const scene = new Scene().types('2/q1 :?<enter>');
    expect(scene.state.places.messages.filter).toBe('q1 :?');
    expect(scene.effects).toEqual([]);
  });
});

describe('a pause', () => {
  it('shows what there was, and loses nothing of what comes', () => {
    const scene = new Scene()
      .types('2')
      .told(...three)
      .types(' ');
    scene.told(...timed(accepted({ subject: 'meanwhile' })));
    expect(scene.text).toContain('paused, 1 events wait');
    expect(scene.text).not.toContain('meanwhile');
    expect(scene.types(' ').chosen).toContain('meanwhile');
  });
});

describe('what is open', () => {
  const document = {
    title: 'a message',
    copied: 'abc',
    pages: [
      { name: 'one', lines: Array.from({ length: 100 }, (_, line) => `line ${line}`) },
      { name: 'two', lines: ['second page'] },
    ],
  };

  function reading(): Scene {
    const scene = new Scene()
      .types('2')
      .told(...three)
      .types('<enter>');
    const [effect] = scene.effects;
    expect(effect).toMatchObject({ do: 'open', what: 'message' });
    if (effect?.do !== 'open') throw new Error('nothing is opened');
    return scene.happens({ is: 'opened', document, effect });
  }

  it('is moved through, and no further than its end', () => {
    const scene = reading();
    expect(scene.text).toContain('1–17 of 100');
    expect(scene.types('jj').text).toContain('3–19 of 100');
    expect(scene.types('G').text).toContain('line 99');
    expect(scene.types('<pageDown><pageDown>').text).toContain('line 99');
    expect(scene.types('g').text).toContain('1–17 of 100');
  });

  it('has pages, and goes away with escape', () => {
    const scene = reading();
    expect(scene.types('<right>').text).toContain('second page');
    expect(scene.types('<right>').text).toContain('line 0');
    expect(scene.types('<left>').text).toContain('second page');
    expect(scene.types('<escape>').text).not.toContain('second page');
    expect(scene.state.view).toBe('messages');
  });

  it('is saved and copied', () => {
    const scene = reading();
    expect(scene.types('y').effects).toEqual([{ do: 'copy', text: 'abc' }]);
    expect(scene.types('s').effects).toMatchObject([{ do: 'save' }]);
  });

  it('is read on where it is when it has grown', () => {
    const scene = reading().types('jj');
    const { effect } = scene.state.reading!;
    const grown = { ...document, pages: [{ name: 'one', lines: [...document.pages[0]!.lines, 'new'] }] };
    expect(scene.happens({ is: 'opened', document: grown, effect }).text).toContain('3–19 of 101');
  });
});

describe('what cannot be undone', () => {
  it('is asked about, with the plan before the eyes', () => {
    const scene = new Scene()
      .types('4')
      .happens({ is: 'probes', probes: [{ id: 'P1', state: 'held', line: 'a probe' }] });
    scene.types('a');
    expect(scene.effects).toEqual([{ do: 'open', what: 'probe', id: 'P1' }]);
    scene.happens({
      is: 'opened',
      effect: { do: 'open', what: 'probe', id: 'P1' },
      document: { title: 'P1', pages: [{ name: 'plan', lines: ['to: stranger@example.net'] }] },
    });
    expect(scene.text).toContain('to: stranger@example.net');
    expect(scene.text).toContain('Send this message to strangers');
    expect(scene.types('y').effects).toEqual([{ do: 'probe', act: 'approve', id: 'P1' }]);
  });

  it.each(['n', '<enter>', '<escape>', ' '])('is not done with %s', (key) => {
    const scene = new Scene()
      .types('4')
      .happens({ is: 'probes', probes: [{ id: 'P1', state: 'held', line: 'a probe' }] });
    expect(scene.types('d').types(key).effects).toEqual([]);
    expect(scene.text).toContain('Nothing was done.');
  });

  it.each([
    ['5', 'R', { do: 'output', act: 'rewind', output: 'maildir' }],
    ['5', ':stop<enter>', { do: 'stop' }],
  ])('goes for view %s and %s', (view, keys, effect) => {
    const scene = new Scene().happens({ is: 'state', sensor: sensorView() }).types(view + keys);
    expect(scene.effects).toEqual([]);
    expect(scene.types('y').effects).toEqual([effect]);
  });
});

describe('outputs', () => {
  it('are paused and go on', () => {
    const scene = new Scene().happens({ is: 'state', sensor: sensorView() }).types('5p');
    expect(scene.effects).toEqual([{ do: 'output', act: 'pause', output: 'maildir' }]);
    const [output] = sensorView().outputs;
    scene.happens({ is: 'state', sensor: sensorView({ outputs: [{ ...output!, paused: true }] }) });
    expect(scene.types('p').effects).toEqual([{ do: 'output', act: 'resume', output: 'maildir' }]);
  });
});

describe('leaving', () => {
  it('just leaves where the sensor began without it', () => {
    expect(new Scene('attached').types('q').effects).toEqual([{ do: 'leave' }]);
    expect(new Scene('attached').types('/abc<interrupt>').effects).toEqual([{ do: 'leave' }]);
  });

  it.each(['q', ':q<enter>', '<interrupt>'])('asks with %s what becomes of a sensor that began with it', (keys) => {
    const scene = new Scene('with-sensor').types(keys);
    expect(scene.effects).toEqual([]);
    expect(scene.types('s').effects).toEqual([{ do: 'stop' }]);
    expect(scene.types(keys).types('l').effects).toEqual([{ do: 'leave' }]);
    expect(scene.types(keys).types('x').effects).toEqual([]);
  });

  it('comes with the end of a sensor that began with it; who attached reads on', () => {
    expect(new Scene('with-sensor').happens({ is: 'gone', why: 'gone' }).effects).toEqual([{ do: 'leave' }]);
    const scene = new Scene('attached').happens({ is: 'gone', why: 'the sensor is gone' });
    expect(scene.effects).toEqual([]);
    expect(scene.text).toContain('the sensor is gone');
    expect(scene.types('q').effects).toEqual([{ do: 'leave' }]);
  });
});

describe('a flood', () => {
  it('takes no more room than there is for it', () => {
    const scene = new Scene();
    for (let round = 0; round < 20; round++) {
      scene.told(...timed(...Array.from({ length: 1_000 }, () => accepted())));
    }
    const { messages, log, events } = scene.state.recent;
    expect([messages.length, log.length, events]).toEqual([5_000, 5_000, 20_000]);
    const opened = (session: string) =>
      ({ event: 'session.opened', intake: 'relay', session, peer: '192.0.2.1', peerPort: 1 }) as const;
    scene.told(...timed(...Array.from({ length: 3_000 }, (_, index) => opened(`s${index}`))));
    expect(scene.state.recent.sessions).toHaveLength(2_000);
    expect(scene.state.recent.sessions.at(-1)?.key).toBe('s2999');
  });
});
