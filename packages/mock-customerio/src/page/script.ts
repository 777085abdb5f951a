// The page's only script: every 2 s it fetches the moving parts and puts them in place. They come
// escaped from the same functions that rendered the first view.

export const SCRIPT = `
const state = document.getElementById('state')
async function refresh() {
  try {
    const parts = await (await fetch('/_mock/page' + location.search)).json()
    for (const [id, markup] of Object.entries(parts)) document.getElementById(id).innerHTML = markup
    state.textContent = 'live'
    state.className = ''
  } catch {
    state.textContent = 'the mock does not answer'
    state.className = 'lost'
  }
  setTimeout(refresh, 2000)
}
refresh()
`
