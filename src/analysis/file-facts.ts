/** What one file says, as a worker hands it over: plain data, bounded, nothing resolved against other files yet. */
import type { Expression } from '../values/driver.ts'
import type { Parameter } from '../values/profile.ts'

/**
 * `package`: importable code of the distribution · `example`: Python that uses it (tests, examples, docs) ·
 * `document`: README, docs, notebooks · `binding`: C++ that declares Python names.
 */
export type FileKind = 'package' | 'example' | 'document' | 'binding'

/** One file for a worker. */
export interface FileTask {
  readonly root: string
  readonly path: string
  readonly kind: FileKind
  /** Dotted import path of a package file; '' otherwise. */
  readonly module: string
  /** What is read instead of a file: a person's words. */
  readonly text?: string
}

export interface ImportFact {
  /** Module as written, without the leading dots. */
  readonly module: string
  /** Imported name, `*`, or undefined for `import module`. */
  readonly name?: string
  /** The name it is bound to. */
  readonly alias: string
  /** Leading dots. */
  readonly level: number
  readonly line: number
  /** Inside `try … except`, `if TYPE_CHECKING` or another condition: may be absent. */
  readonly guarded: boolean
}

export interface RawClass {
  readonly name: string
  readonly bases: string[]
  readonly init: Parameter[] | null
  readonly methods: [string, Parameter[] | null][]
  readonly attributes: string[]
  readonly statics: string[]
  readonly line: number
}

export interface RawFunction {
  readonly name: string
  readonly parameters: Parameter[]
  readonly line: number
}

export interface RawStatement {
  readonly var?: string
  readonly value: Expression
  /** `var += …`: the value already holds the sum. */
  readonly augmented?: boolean
  readonly line: number
}

/** The statements of one scope of an example, in driver words; names that it does not define are still `var`. */
export interface RawSlice {
  readonly statements: RawStatement[]
  /** Modules of `from m import *`: their names are resolved when every module is known. */
  readonly stars: string[]
  /** Dialect of a program text among the literals. */
  readonly dialect?: string
  /** That text, where the language is the package's own. */
  readonly program?: string
}

/** A word of interest and how often it stands in the file. */
export interface Mark {
  readonly word: string
  readonly line: number
  readonly count: number
}

export interface FileFacts {
  readonly path: string
  readonly kind: FileKind
  readonly module: string
  readonly bytes: number
  readonly imports: ImportFact[]
  readonly classes: RawClass[]
  readonly functions: RawFunction[]
  /** Names assigned at module level. */
  readonly assignments: [string, number][]
  readonly all: string[] | null
  /** Imported classes that annotate a parameter of a method that runs something: `[module:Name, line]`. */
  readonly annotations: [string, number][]
  /** Attribute names and how often they are used. */
  readonly names: [string, number][]
  readonly marks: Mark[]
  readonly slices: RawSlice[]
}

/** Bounds on what one file may contribute. A generated parser or a hostile file must not fill the memory. */
export const FILE_LIMITS = {
  bytes: 1_500_000,
  classes: 1000,
  methods: 600,
  functions: 4000,
  assignments: 3000,
  imports: 2000,
  /** Characters of a program in a language of the package's own. */
  program: 2000,
  names: 1500,
  blocks: 60,
  slices: 60,
  statements: 200,
  expressionNodes: 160,
  expressionDepth: 14,
} as const
