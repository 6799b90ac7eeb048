/**
 * The one edit of the target's registry: it finds backends that are folders, so that no later integration touches a shared file.
 *
 * The places are found in the syntax tree: the class with `BACKEND_ADAPTERS`, the loop over it, and `refresh_backend`. What is
 * inserted is constant text but for the names that the registry itself uses. Byte order mark and line ends stay.
 */
import type { Node } from 'web-tree-sitter'
import { UserError } from '../values/errors.ts'
import { childrenOf, classesOf, descendants, methodsOf, nameOf, withPythonTree } from './python-tree.ts'

const FOLDERS_METHOD = 'backend_folders'
const REFRESH_METHOD = 'refresh_backend'

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** Whether a class of the file has the list of adapters. */
export function hasAdapterList(registry: string): Promise<boolean> {
  return withPythonTree(withoutMark(registry).text, (root) => registryClass(root) !== undefined)
}

/** Whether the registry finds folders already. */
export function hasDiscovery(registry: string): Promise<boolean> {
  return withPythonTree(withoutMark(registry).text, (root) => {
    const owner = registryClass(root)
    return owner !== undefined && methodsOf(owner).some((method) => nameOf(method) === FOLDERS_METHOD)
  })
}

/**
 * Returns the registry's text with discovery of folders; the same text when it has it. Raises UserError that says which part
 * of the expected structure is missing.
 */
export async function addDiscovery(registry: string, path: string): Promise<string> {
  if (await hasDiscovery(registry)) return registry
  const { mark, text } = withoutMark(registry)
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const edits = await withPythonTree(text, (root) => findEdits(root, text, path))
  return mark + apply(text, edits, newline)
}

function withoutMark(source: string): { mark: string; text: string } {
  return source.startsWith('\uFEFF') ? { mark: '\uFEFF', text: source.slice(1) } : { mark: '', text: source }
}

function apply(text: string, edits: readonly Edit[], newline: string): string {
  let result = text
  for (const edit of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, edit.start) + edit.text.replaceAll('\n', newline) + result.slice(edit.end)
  }
  return result
}

function unknownStructure(path: string, missing: string): UserError {
  return new UserError(
    `${path} is not built as expected: ${missing}. Add the discovery of backend folders by hand (method ${FOLDERS_METHOD} of the registry class), then run Graft again.`,
  )
}

function registryClass(root: Node): Node | undefined {
  return classesOf(root).find((definition) =>
    childrenOf(definition.childForFieldName('body')).some(
      (statement) =>
        statement.type === 'expression_statement' &&
        statement.namedChild(0)?.childForFieldName('left')?.text === 'BACKEND_ADAPTERS',
    ),
  )
}

function findEdits(root: Node, text: string, path: string): Edit[] {
  if (root.hasError) throw unknownStructure(path, 'it has a syntax error')
  const owner = registryClass(root)
  if (owner === undefined) throw unknownStructure(path, 'no class has a list BACKEND_ADAPTERS')
  const method = methodsOf(owner).find((one) => nameOf(one) !== REFRESH_METHOD && loopIn(one) !== undefined)
  const loop = method && loopIn(method)
  if (loop === undefined || method === undefined)
    throw unknownStructure(path, 'no loop runs over self.BACKEND_ADAPTERS')
  const names = readNames(loop, owner, root, path)
  return [
    ...importEdits(root, path),
    { start: loop.endIndex, end: loop.endIndex, text: loopText(indentOf(loop, text), names) },
    { start: method.endIndex, end: method.endIndex, text: methodsText(indentOf(method, text), names) },
    ...refreshEdits(owner, text, path),
  ]
}

function loopIn(method: Node): Node | undefined {
  return descendants(method, 'for_statement').find(
    (statement) => statement.childForFieldName('right')?.text === 'self.BACKEND_ADAPTERS',
  )
}

interface Names {
  /** Method that makes a status from a class. */
  readonly init: string
  /** Attribute with the statuses by name. */
  readonly statuses: string
  readonly lock: string | undefined
  readonly statusClass: string
}

function readNames(loop: Node, owner: Node, root: Node, path: string): Names {
  const variable = loop.childForFieldName('left')?.text
  const body = loop.childForFieldName('body')?.text ?? ''
  const init = new RegExp(`self\\.(\\w+)\\(${variable}\\)`).exec(body)?.[1]
  const statuses = /self\.(\w+)\[[^\]]+\] = /.exec(body)?.[1]
  if (init === undefined || statuses === undefined) {
    throw unknownStructure(path, 'the loop over BACKEND_ADAPTERS does not make and store a status per class')
  }
  const maker = methodsOf(owner).find((method) => nameOf(method) === init)
  const statusClass = maker?.childForFieldName('return_type')?.text.replace(/["']/g, '').trim()
  const fields = classesOf(root).find((definition) => nameOf(definition) === statusClass)
  if (statusClass === undefined || fields === undefined) {
    throw unknownStructure(path, `the method ${init} does not say which class of this file it returns`)
  }
  const { all, required } = fieldsOf(fields)
  const lacks = ['name', 'available', 'reason'].filter((name) => !all.includes(name))
  const demands = required.filter((name) => name !== 'name' && name !== 'available' && name !== 'reason')
  if (lacks.length > 0) throw unknownStructure(path, `${statusClass} has no field ${lacks.join(', ')}`)
  if (demands.length > 0) throw unknownStructure(path, `${statusClass} demands ${demands.join(', ')}`)
  const lock = /with self\.(\w*lock\w*):/.exec(owner.text)?.[1]
  return { init, statuses, statusClass, lock }
}

function fieldsOf(definition: Node): { all: string[]; required: string[] } {
  const all: string[] = []
  const required: string[] = []
  for (const statement of childrenOf(definition.childForFieldName('body'))) {
    const assignment = statement.type === 'expression_statement' ? statement.namedChild(0) : null
    const name = assignment?.type === 'assignment' ? assignment.childForFieldName('left')?.text : undefined
    if (name === undefined || assignment?.childForFieldName('type') == null) continue
    all.push(name)
    if (assignment.childForFieldName('right') === null) required.push(name)
  }
  return { all, required }
}

function indentOf(node: Node, text: string): string {
  return text.slice(text.lastIndexOf('\n', node.startIndex - 1) + 1, node.startIndex)
}

function indented(lines: readonly string[], indent: string): string {
  return lines.map((line) => (line === '' ? '\n' : `\n${indent}${line}`)).join('')
}

function loopText(indent: string, names: Names): string {
  return indented(
    [
      '',
      `for folder in self.${FOLDERS_METHOD}():`,
      `    if folder not in self.${names.statuses}:`,
      `        self.${names.statuses}[folder] = self._init_folder(folder)`,
    ],
    indent,
  )
}

function methodsText(indent: string, names: Names): string {
  const store = [`self.${names.statuses}[name] = self._init_folder(name)`, `return self.${names.statuses}[name]`]
  return indented(
    [
      '',
      `def ${FOLDERS_METHOD}(self) -> list[str]:`,
      '    """Names of the backends that are folders beside this file."""',
      '    return sorted(path.parent.name for path in Path(__file__).parent.glob("[!_.]*/adapter.py"))',
      '',
      `def _init_folder(self, name: str) -> ${names.statusClass}:`,
      '    """Import a backend\'s folder and initialize its adapter; a broken one harms no other."""',
      '    try:',
      '        module = importlib.import_module(f"{__package__}.{name}.adapter")',
      '        classes = [value for value in vars(module).values() if isinstance(value, type)]',
      '        own = [cls for cls in classes if cls.__module__ == module.__name__]',
      '        adapters = [cls for cls in own if issubclass(cls, BaseBackendAdapter)]',
      '        if len(adapters) != 1:',
      '            raise ImportError(f"adapter.py must define one adapter, it defines {len(adapters)}")',
      `        status = self.${names.init}(adapters[0])`,
      '        if not status.available and hasattr(adapters[0], "unavailable_reason"):',
      '            status.reason = adapters[0]().unavailable_reason() or status.reason',
      '        return status',
      '    except (Exception, SystemExit) as exc:',
      `        return ${names.statusClass}(name=name, available=False, reason=f"cannot be loaded: {exc!r}")`,
      '',
      `def _refresh_folder(self, name: str) -> ${names.statusClass} | None:`,
      '    """Initialize the folder of a backend again; None where there is none."""',
      `    if name not in self.${FOLDERS_METHOD}():`,
      '        return None',
      ...(names.lock === undefined
        ? store.map((line) => `    ${line}`)
        : [`    with self.${names.lock}:`, ...store.map((line) => `        ${line}`)]),
    ],
    indent,
  )
}

/** `refresh_backend` gives None for a name that it does not know: there the folders are asked. Built-in names come first. */
function refreshEdits(owner: Node, text: string, path: string): Edit[] {
  const method = methodsOf(owner).find((candidate) => nameOf(candidate) === REFRESH_METHOD)
  if (method === undefined) return []
  const parameter = childrenOf(method.childForFieldName('parameters'))[1]
  const name = parameter?.type === 'typed_parameter' ? parameter.namedChild(0)?.text : parameter?.text
  const refresh = `return self._refresh_folder(${name})`
  for (const condition of descendants(method, 'if_statement')) {
    const test = condition.childForFieldName('condition')
    const [answer, ...others] = childrenOf(condition.childForFieldName('consequence'))
    if (answer?.text !== 'return None' || others.length > 0) continue
    if (test?.type === 'not_operator' || / is None$/.test(test?.text ?? '')) {
      return [{ start: answer.startIndex, end: answer.endIndex, text: refresh }]
    }
    if (/ not in /.test(test?.text ?? '')) {
      // The statuses hold folders too: they are asked before.
      const indent = indentOf(condition, text)
      const lines = `if ${name} in self.${FOLDERS_METHOD}():\n${indent}    ${refresh}\n${indent}`
      return [{ start: condition.startIndex, end: condition.startIndex, text: lines }]
    }
  }
  throw unknownStructure(path, `${REFRESH_METHOD} has no "return None" for an unknown name`)
}

/** Adds the imports that are missing, sorted into the first block of imports. */
function importEdits(root: Node, path: string): Edit[] {
  const statements = childrenOf(root)
  const first = statements.findIndex(
    (node) => node.type === 'import_statement' || node.type === 'import_from_statement',
  )
  if (first === -1) throw unknownStructure(path, 'it imports nothing')
  const block: Node[] = []
  for (const node of statements.slice(first)) {
    const previous = block.at(-1)
    if (node.type !== 'import_statement' && node.type !== 'import_from_statement') break
    if (previous !== undefined && node.startPosition.row > previous.endPosition.row + 1) break
    block.push(node)
  }
  if (!statements.some((node) => /\bBaseBackendAdapter\b/.test(node.text) && node.type === 'import_from_statement')) {
    throw unknownStructure(path, 'it does not import BaseBackendAdapter')
  }
  const has = (line: string) => statements.some((node) => node.text === line)
  return [
    ['import importlib', 'import_statement'],
    ['from pathlib import Path', 'import_from_statement'],
  ].flatMap(([line = '', type = '']) => (has(line) ? [] : [insertSorted(block, line, type)]))
}

function insertSorted(block: readonly Node[], line: string, type: string): Edit {
  const moduleOf = (text: string) => text.split(/\s+/)[1] ?? ''
  const later = block.find(
    (node) =>
      (node.type === type && moduleOf(node.text) > moduleOf(line)) ||
      (type === 'import_statement' && node.type === 'import_from_statement'),
  )
  if (later !== undefined) return { start: later.startIndex, end: later.startIndex, text: `${line}\n` }
  const end = block.at(-1)?.endIndex ?? 0
  return { start: end, end, text: `\n${line}` }
}
