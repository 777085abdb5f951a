// The page's only style sheet, inline: nothing is fetched from anywhere.

export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1a2230, #e6eaf0); --soft: light-dark(#667085, #98a2b3);
  --ground: light-dark(#f5f6f8, #11151c); --sheet: light-dark(#fff, #1a202b); --line: light-dark(#e4e7ec, #2b3342);
  --good: light-dark(#157f4b, #4cc38a); --warn: light-dark(#a15c07, #f0b155); --alarm: light-dark(#b42318, #ff8a80);
  --link: light-dark(#175cd3, #84adff) }
* { box-sizing: border-box }
body { margin: 0; padding: 24px clamp(16px, 4vw, 48px) 48px; background: var(--ground); color: var(--ink);
  font: 14px/1.5 system-ui, sans-serif }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 20px }
h1 { font-size: 20px; margin: 0 } h2 { font-size: 14px; margin: 28px 0 8px }
header p, .quiet, small { color: var(--soft) } header p { margin: 0 }
#state { margin-left: auto; color: var(--soft) } #state.lost { color: var(--alarm) }
#counts { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: 10px }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px }
.card b { display: block; font-size: 20px; font-variant-numeric: tabular-nums } .card span { color: var(--soft) }
.card.good b, .applied { color: var(--good) } .card.warn b, .suppressed, .dropped, .duplicate { color: var(--warn) }
.card.alarm b, .rejected, .error { color: var(--alarm) }
.endings { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0; padding: 0;
  color: var(--soft) } .endings:not(:empty)::before { content: 'requests ended with' }
.faults { margin: 0; padding: 10px 14px; list-style: none; background: var(--sheet); border-radius: 10px;
  border: 1px solid var(--warn) }
form { display: flex; gap: 8px; align-items: center } form a { color: var(--link) }
input { flex: 0 1 280px; padding: 6px 10px; border: 1px solid var(--line); border-radius: 8px; font: inherit;
  background: var(--sheet); color: inherit }
button { padding: 6px 14px; border: 1px solid var(--line); border-radius: 8px; background: var(--sheet);
  color: inherit; font: inherit; cursor: pointer }
.scroll { overflow-x: auto; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  margin-top: 12px }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 8px 14px; border-bottom: 1px solid var(--line) }
tr:last-child td { border-bottom: 0 } th { color: var(--soft); font-weight: 500; white-space: nowrap }
td small { display: block } td time { white-space: nowrap; font-variant-numeric: tabular-nums }
td a { color: var(--link); text-decoration: none; overflow-wrap: anywhere } .outcome { font-weight: 600 }
code { font: 12px/1.5 ui-monospace, monospace; overflow-wrap: anywhere } .id { white-space: nowrap }
.attributes { display: block; min-width: 220px; color: var(--soft) }
`
