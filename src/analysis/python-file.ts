/** Reads the API facts of one Python file or stub from its syntax tree. */
import type { Node } from 'web-tree-sitter'
import type { Parameter } from '../values/profile.ts'
import { FILE_LIMITS, type ImportFact, type RawClass, type RawFunction } from './file-facts.ts'
import { type SelfAttribute, selfAttributes } from './self-attributes.ts'
import { children, lineOf, stringValue } from './syntax.ts'

export interface PythonFacts {
  readonly imports: ImportFact[]
  readonly classes: RawClass[]
  readonly functions: RawFunction[]
  readonly assignments: [string, number][]
  all: string[] | null
  readonly annotations: [string, number][]
}

interface Reading extends PythonFacts {
  readonly onSelf: readonly SelfAttribute[]
}

/** Methods whose parameters say what a simulator takes. */
const RUNS =
  /^(run|simulate|execute|submit|sample|evaluate|expectation|apply|compute|do_program|process|forward|__call__|create|compile)/i

/**
 * Everything that is declared at module level, also inside `if` and `try` (marked as guarded).
 *
 * @param source the text that the tree was made from
 */
export function readModule(root: Node, source: string): PythonFacts {
  const facts: PythonFacts = { imports: [], classes: [], functions: [], assignments: [], all: null, annotations: [] }
  const reading: Reading = { ...facts, onSelf: selfAttributes(root, source) }
  readBlock(root, reading, false, 0)
  const { onSelf: _places, ...read } = reading
  return read
}

function readBlock(block: Node, facts: Reading, guarded: boolean, depth: number): void {
  if (depth > 6) return
  for (const node of children(block)) readStatement(node, facts, guarded, depth)
}

function readStatement(node: Node, facts: Reading, guarded: boolean, depth: number): void {
  switch (node.type) {
    case 'import_statement':
    case 'import_from_statement':
      for (const fact of readImport(node, guarded))
        if (facts.imports.length < FILE_LIMITS.imports) facts.imports.push(fact)
      return
    case 'class_definition':
    case 'decorated_definition':
    case 'function_definition':
      readDefinition(node, facts)
      return
    case 'expression_statement':
      readAssignment(node, facts)
      return
    case 'if_statement':
    case 'try_statement': {
      const safe = guarded || node.type === 'if_statement' || hasImportHandler(node)
      for (const child of children(node)) {
        if (child.type === 'block') readBlock(child, facts, safe, depth + 1)
        else if (/_clause$/.test(child.type)) {
          for (const inner of children(child)) if (inner.type === 'block') readBlock(inner, facts, true, depth + 1)
        }
      }
      return
    }
    case 'with_statement': {
      const body = node.childForFieldName('body')
      // `with suppress(ImportError):` is another way to say "may be absent".
      if (body) readBlock(body, facts, guarded || /suppress/.test(node.child(1)?.text ?? ''), depth + 1)
      return
    }
    default:
  }
}

function hasImportHandler(node: Node): boolean {
  return children(node).some((child) => child.type === 'except_clause')
}

function readImport(node: Node, guarded: boolean): ImportFact[] {
  const line = lineOf(node)
  if (node.type === 'import_statement') {
    return children(node).map((child): ImportFact => {
      const module = (child.type === 'aliased_import' ? child.childForFieldName('name') : child)?.text ?? ''
      const alias = child.type === 'aliased_import' ? (child.childForFieldName('alias')?.text ?? '') : ''
      return { module, alias: alias || (module.split('.')[0] ?? ''), level: 0, line, guarded }
    })
  }
  const from = node.childForFieldName('module_name')
  const written = from?.text ?? ''
  const level = /^\.*/.exec(written)?.[0].length ?? 0
  const module = written.slice(level).trim()
  if (children(node).some((child) => child.type === 'wildcard_import')) {
    return [{ module, name: '*', alias: '*', level, line, guarded }]
  }
  return node.childrenForFieldName('name').flatMap((child): ImportFact[] => {
    if (!child) return []
    const name = (child.type === 'aliased_import' ? child.childForFieldName('name') : child)?.text ?? ''
    const alias = child.type === 'aliased_import' ? (child.childForFieldName('alias')?.text ?? name) : name
    return [{ module, name, alias, level, line, guarded }]
  })
}

interface Definition {
  readonly node: Node
  readonly decorators: string[]
}

function undecorate(node: Node): Definition | undefined {
  if (node.type !== 'decorated_definition') return { node, decorators: [] }
  const inner = node.childForFieldName('definition')
  const decorators = children(node)
    .filter((child) => child.type === 'decorator')
    .map((child) => child.text.slice(0, 100))
  return inner ? { node: inner, decorators } : undefined
}

function readDefinition(node: Node, facts: Reading): void {
  const definition = undecorate(node)
  const name = definition?.node.childForFieldName('name')?.text
  if (!definition || !name) return
  if (definition.node.type === 'class_definition') {
    if (facts.classes.length < FILE_LIMITS.classes) facts.classes.push(readClass(definition, name, facts))
  } else if (definition.node.type === 'function_definition' && facts.functions.length < FILE_LIMITS.functions) {
    // Overloads in stubs: the first signature stands for all of them.
    if (facts.functions.some((known) => known.name === name && known.line > 0) && definition.decorators.length > 0)
      return
    facts.functions.push({ name, parameters: readParameters(definition.node), line: lineOf(definition.node) })
    if (RUNS.test(name)) readAnnotations(definition.node, facts)
  }
}

function readClass(definition: Definition, name: string, facts: Reading): RawClass {
  const { node, decorators } = definition
  const bases = children(node.childForFieldName('superclasses'))
    .filter((base) => base.type !== 'keyword_argument')
    .map((base) => lastName(base.text))
    .filter((base) => base !== '')
  const methods = new Map<string, Parameter[] | null>()
  const attributes = new Set<string>()
  const statics = new Set<string>()
  const fields: Parameter[] = []
  let init: Parameter[] | null = null
  for (const member of children(node.childForFieldName('body'))) {
    const method = /definition$/.test(member.type) ? undecorate(member) : undefined
    const methodName = method?.node.childForFieldName('name')?.text
    if (method?.node.type === 'function_definition' && methodName) {
      const bound = !method.decorators.some((decorator) => /staticmethod/.test(decorator))
      const parameters = readParameters(method.node).slice(bound ? 1 : 0)
      if (methodName === '__init__' || (methodName === '__new__' && init === null)) init ??= parameters
      else if (method.decorators.some((decorator) => /property|\.setter/.test(decorator))) attributes.add(methodName)
      else if (methods.size < FILE_LIMITS.methods && !methods.has(methodName)) methods.set(methodName, parameters)
      if (method.decorators.some((decorator) => /staticmethod|classmethod|def_static/.test(decorator))) {
        statics.add(methodName)
      }
      if (RUNS.test(methodName) || methodName === '__init__') readAnnotations(method.node, facts)
      for (const { name: attribute } of within(facts.onSelf, method.node).slice(0, 200)) attributes.add(attribute)
    } else if (member.type === 'expression_statement') {
      readMember(member, methods, attributes, statics, fields)
    }
  }
  if (init === null && decorators.some((decorator) => /dataclass|attr\.s|attrs|define/.test(decorator))) init = fields
  if (init === null && bases.some((base) => /^(BaseModel|NamedTuple)$/.test(base))) init = fields
  return {
    name,
    bases: bases.slice(0, 20),
    init,
    methods: [...methods],
    attributes: [...attributes].sort().slice(0, FILE_LIMITS.methods),
    statics: [...statics].sort().slice(0, FILE_LIMITS.methods),
    line: lineOf(node),
  }
}

function within(places: readonly SelfAttribute[], { startIndex, endIndex }: Node): readonly SelfAttribute[] {
  let from = 0
  for (let to = places.length; from < to; ) {
    const middle = (from + to) >> 1
    if ((places[middle]?.index ?? 0) < startIndex) from = middle + 1
    else to = middle
  }
  let to = from
  while (to < places.length && (places[to]?.index ?? endIndex) < endIndex) to += 1
  return places.slice(from, to)
}

function readMember(
  member: Node,
  methods: Map<string, Parameter[] | null>,
  attributes: Set<string>,
  statics: Set<string>,
  fields: Parameter[],
): void {
  const assignment = children(member)[0]
  const left = assignment?.childForFieldName('left')
  if (assignment?.type !== 'assignment' || left?.type !== 'identifier') return
  const right = assignment.childForFieldName('right')
  const annotation = assignment.childForFieldName('type')
  if (annotation) {
    attributes.add(left.text)
    if (!/^ClassVar/.test(annotation.text) && fields.length < 60) {
      fields.push({
        name: left.text,
        optional: right !== null,
        kind: 'positional',
        annotation: annotation.text.slice(0, 300),
      })
    }
    return
  }
  // `ccx = toffoli`: another name of a method, which is nothing without an instance.
  const same = right?.type === 'identifier' ? methods.get(right.text) : undefined
  if (same !== undefined) methods.set(left.text, same)
  else statics.add(left.text)
}

/** The parameters of a function, `self` included. */
export function readParameters(node: Node): Parameter[] {
  const parameters: Parameter[] = []
  let keywordOnly = false
  for (const child of children(node.childForFieldName('parameters'))) {
    if (parameters.length >= 60) break
    const optional = child.type === 'default_parameter' || child.type === 'typed_default_parameter'
    const typed = child.type === 'typed_parameter' || child.type === 'typed_default_parameter'
    const annotation = typed ? child.childForFieldName('type')?.text.slice(0, 300) : undefined
    const named = child.childForFieldName('name') ?? (typed ? (children(child)[0] ?? null) : child)
    if (!named || child.type === 'positional_separator') continue
    if (child.type === 'keyword_separator') {
      keywordOnly = true
      continue
    }
    const variadic = /^\*{1,2}/.exec(named.text)?.[0]
    const name = named.text.replace(/^\*+/, '').trim()
    if (!/^[^\W\d]\w*$/u.test(name)) continue
    const kind = variadic === '**' ? 'kwargs' : variadic === '*' ? 'args' : keywordOnly ? 'keyword' : 'positional'
    if (kind === 'args') keywordOnly = true
    parameters.push({
      name,
      optional: optional || variadic !== undefined,
      kind,
      ...(annotation === undefined ? {} : { annotation }),
    })
  }
  return parameters
}

const aliases = new WeakMap<ImportFact[], { size: number; byAlias: Map<string, ImportFact> }>()

/** Looked up for every method of a file: made anew only when another import was read since. */
function importsByAlias(imports: ImportFact[]): Map<string, ImportFact> {
  const known = aliases.get(imports)
  if (known?.size === imports.length) return known.byAlias
  const byAlias = new Map(imports.filter((fact) => fact.level === 0).map((fact) => [fact.alias, fact]))
  aliases.set(imports, { size: imports.length, byAlias })
  return byAlias
}

function readAnnotations(method: Node, facts: PythonFacts): void {
  if (facts.annotations.length >= 400) return
  const imported = importsByAlias(facts.imports)
  for (const parameter of readParameters(method)) {
    for (const name of parameter.annotation?.match(/[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g) ?? []) {
      const [first = '', ...rest] = name.split('.')
      const fact = imported.get(first)
      if (!fact) continue
      const path = [...(fact.name === undefined ? [] : [fact.name]), ...rest].join('.')
      if (path !== '' && path !== '*') facts.annotations.push([`${fact.module}:${path}`, lineOf(method)])
    }
  }
}

function readAssignment(node: Node, facts: PythonFacts): void {
  const assignment = children(node)[0]
  if (assignment?.type !== 'assignment' && assignment?.type !== 'augmented_assignment') return
  const left = assignment.childForFieldName('left')
  const right = assignment.childForFieldName('right')
  if (left?.type !== 'identifier') return
  if (left.text === '__all__' && (right?.type === 'list' || right?.type === 'tuple')) {
    const names = children(right).map(stringValue)
    facts.all = [...(facts.all ?? []), ...names.filter((name): name is string => name !== undefined)].slice(0, 3000)
  } else if (
    assignment.type === 'assignment' &&
    isObject(right) &&
    facts.assignments.length < FILE_LIMITS.assignments
  ) {
    facts.assignments.push([left.text, lineOf(node)])
  }
}

/** `a.b.Base[T]` → `Base`. */
function lastName(source: string): string {
  return /([^\W\d]\w*)\s*$/u.exec(source.replace(/[[(][\s\S]*$/, ''))?.[1]?.slice(0, 200) ?? ''
}

/** Whether an assigned value may be something to call or to pass on: no constant, no type variable, no logger. */
function isObject(value: Node | null): boolean {
  if (!value || !/^(call|identifier|attribute|lambda|subscript|binary_operator|list)$/.test(value.type)) return false
  return !/^(\w+\.)?(TypeVar|NewType|ParamSpec|getLogger|get_logger)\b/.test(value.text.slice(0, 60))
}
