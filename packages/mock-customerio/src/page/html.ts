// Text on its way into HTML. Everything on the page came from outside: names, ids, attributes, error
// messages. `markup` escapes whatever is put into it, unless it is itself a piece of HTML.

/** A piece of HTML that is safe to put into HTML. */
export class Html {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

type Content = Html | Html[] | string | number

/** Tag for templates: the template is HTML, what is put into it is text or `Html`. */
export function markup(template: TemplateStringsArray, ...contents: Content[]): Html {
  const parts = template.map((part, index) => {
    const content = contents[index]
    return content === undefined ? part : part + rendered(content)
  })
  return new Html(parts.join(''))
}

function rendered(content: Content): string {
  if (Array.isArray(content)) return content.join('')
  return content instanceof Html ? content.toString() : escape(String(content))
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
