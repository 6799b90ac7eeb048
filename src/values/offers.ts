/** What an index has for modules that a package imports and does not declare. */

/** The distribution that a module's name leads to, and whether it is the one. */
export interface Offer {
  readonly module: string
  /** As it would be asked for: a name, perhaps with a range of versions. */
  readonly requirement: string
  /**
   * `provides`: it has the module and what is imported from it. `another`: it has no such module, or nothing of what is
   * imported from it: another project of that name. `absent`: the index has no such distribution. `unknown`: not found out.
   */
  readonly found: 'provides' | 'another' | 'absent' | 'unknown'
}
