// The page for people at `/`: counts on top, faults in force, what arrived, newest first; `?customer=`
// shows one customer. The policy allows this style and this script and nothing else, so that even a
// mistake in escaping could not run what an event carried.
import { createHash } from 'node:crypto'
import type { Mock } from '../mock.ts'
import { renderFragments } from './fragments.ts'
import { Html, markup } from './html.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

const COLUMNS = ['Arrived', 'Customer', 'Operation', 'Outcome', 'Event id', 'Attributes']

/** The page's Content-Security-Policy. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  `script-src '${hashOf(SCRIPT)}'`,
  `style-src '${hashOf(STYLE)}'`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export function renderPage(
  mock: Pick<Mock, 'summary' | 'faults' | 'recent'>,
  customerId: string,
): string {
  const parts = renderFragments(mock, customerId)
  return markup`<!doctype html>
<html lang="en">
  ${head()}
  <body>
    <header>
      <h1>Mock Customer.io</h1>
      <p>What arrived here stays on this machine.</p>
      <span id="state"></span>
    </header>
    <section id="counts">${new Html(parts.counts)}</section>
    <h2>Faults</h2>
    <section id="faults">${new Html(parts.faults)}</section>
    <h2>Operations, newest first</h2>
    ${filterForm(customerId)}
    <div class="scroll"><table>
      <thead><tr>${COLUMNS.map((column) => markup`<th>${column}</th>`)}</tr></thead>
      <tbody id="operations">${new Html(parts.operations)}</tbody>
    </table></div>
    <script>${new Html(SCRIPT)}</script>
  </body>
</html>
`.toString()
}

function head(): Html {
  return markup`<head>
    <meta charset="utf-8">
    <title>Mock Customer.io</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="icon" href="data:,">
    <style>${new Html(STYLE)}</style>
  </head>`
}

function filterForm(customerId: string): Html {
  const everybody = customerId === '' ? '' : markup`<a href="/">everybody</a>`
  return markup`<form>
      <input name="customer" value="${customerId}" placeholder="customer id" aria-label="customer id">
      <button>Show</button> ${everybody}
    </form>`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
