// Reads a state diagram of a document (mermaid), so that a test can hold it to the code's table of edges.

/** Edges by state, of the first diagram below the heading; the start and the end are left out. */
export function readDiagram(text: string, heading: string): Record<string, string[]> {
  const section = text.split(`\n## ${heading}\n`)[1]
  const [, diagram] = /```mermaid\nstateDiagram-v2\n(.*?)```/s.exec(section ?? '') ?? []
  if (diagram === undefined) throw new Error(`there is no state diagram below "${heading}"`)
  const edges: Record<string, string[]> = {}
  for (const [, from = '', to = ''] of diagram.matchAll(/^ *([a-z]+) --> ([a-z]+)/gm)) {
    edges[from] = [...(edges[from] ?? []), to]
  }
  return edges
}
