/** A quick look at which words cannot stand in a text. */

/**
 * The pairs and triples of characters of one text, without case. One pass over the text, so that dozens of words need no pass
 * each. Characters are told apart by five bits: a word that stands there is always found, and rarely one that does not.
 */
export class Pieces {
  private readonly pairs = new Uint8Array(1 << 10)
  private readonly triples = new Uint8Array(1 << 15)

  constructor(text: string) {
    let last = 0
    for (let index = 0; index < text.length; index += 1) {
      last = ((last << 5) | (text.charCodeAt(index) & 31)) & 0x7fff
      this.pairs[last & 0x3ff] = 1
      this.triples[last] = 1
    }
  }

  /** Whether a word of at least two characters may stand in the text. */
  mayHold(word: string): boolean {
    let last = 0
    for (let index = 0; index < word.length; index += 1) {
      last = ((last << 5) | (word.charCodeAt(index) & 31)) & 0x7fff
      if (index === 1 && this.pairs[last] === 0) return false
      if (index > 1 && this.triples[last] === 0) return false
    }
    return true
  }
}
