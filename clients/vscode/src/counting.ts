/** So many of a thing, in words: "1 file", "3 files"; of a word that takes an `s`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
