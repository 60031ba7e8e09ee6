/** The only style there is: the page allows it by its hash, and nothing else. */
export const style = `
:root { color-scheme: light dark; --ink: #1c2430; --dim: #5b6675; --paper: #ffffff; --card: #f5f7fa; --line: #d8dee6;
  --accent: #2563a8; --bad: #b3261e; --good: #1d7a46;
  --c0: #2563a8; --c1: #d97706; --c2: #1d7a46; --c3: #8b3fa8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9f0; --dim: #97a3b3; --paper: #12161c; --card: #1b212a;
  --line: #2f3844; --accent: #6aa9ec; --bad: #f2867e; --good: #63c98d;
  --c0: #6aa9ec; --c1: #f0a94a; --c2: #63c98d; --c3: #c58be0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; }
p.about { color: var(--dim); margin: 0 0 1.2rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem; margin-bottom: 1rem; }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .9rem 1rem; }
.tile b { display: block; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.tile span, .dim { color: var(--dim); }
.grid { columns: 22rem; column-gap: 1rem; }
section { margin: 0 0 1rem; break-inside: avoid; }
section.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { text-align: left; font-weight: 600; color: var(--dim); border-bottom: 1px solid var(--line); padding: .25rem .4rem; }
td { padding: .22rem .4rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
td.when { white-space: nowrap; }
td.bar { width: 30%; min-width: 4rem; }
.bar svg { display: block; width: 100%; height: .8rem; }
svg.chart { display: block; width: 100%; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; color: var(--dim); font-size: .9rem; margin-top: .4rem; }
.legend svg { width: .8rem; height: .8rem; vertical-align: -.1rem; }
.f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); } .f3 { fill: var(--c3); }
.axis { stroke: var(--line); stroke-width: 1; } .label { fill: var(--dim); font: 11px system-ui, sans-serif; }
code { font: .9em ui-monospace, monospace; }
.bad { color: var(--bad); font-weight: 600; } .good { color: var(--good); }
footer { color: var(--dim); font-size: .85rem; margin-top: 1.2rem; }
@media (max-width: 40rem) { body { padding: .8rem; } .late { display: none; } }
@media print { :root { color-scheme: light; --ink: #000; --dim: #444; --paper: #fff; --card: #fff; --line: #bbb;
  --c0: #2563a8; --c1: #d97706; --c2: #1d7a46; --c3: #8b3fa8; }
  body { max-width: none; padding: 0; font-size: 11px; } section, .tile { break-inside: avoid; }
  .grid { columns: 2; } .f0, .f1, .f2, .f3 { print-color-adjust: exact; } }
`;
