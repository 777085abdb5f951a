/** The figure to so many decimals. */
export function roundTo(figure: number, decimals: number): number {
  return Number(figure.toFixed(decimals))
}
