/**
 * Names that C++ sources declare for Python (pybind11, nanobind, Boost.Python), read with bounded patterns: an extension
 * without stubs has no other static description. Signatures come from the `"name"_a` or `py::arg("name")` beside them.
 */
import type { Parameter } from '../values/profile.ts'
import { FILE_LIMITS, type RawClass, type RawFunction } from './file-facts.ts'

const DECLARATION =
  /\bclass_<[^;"]{1,200}?>\s*\w*\s*\(\s*\w+\s*,\s*"([A-Za-z]\w{0,80})"|\.\s*(def(?:_static|_readonly|_readwrite|_property(?:_readonly)?|_prop_ro|_prop_rw)?)\s*\(\s*(?:"(\w{1,80})"|((?:\w+::)?init<))/g
const NAMED_ARGUMENT = /"(\w{1,60})"_a(\s*=)?|\barg\(\s*"(\w{1,60})"\s*\)(\s*=)?/g

/** `module` is the extension's own name where the file declares it, else ''. */
export function readBindings(source: string): { module: string; classes: RawClass[]; functions: RawFunction[] } {
  const classes: RawClass[] = []
  const functions: RawFunction[] = []
  const text = source.slice(0, FILE_LIMITS.bytes)
  const found = [...text.matchAll(DECLARATION)].slice(0, FILE_LIMITS.functions)
  let line = 1
  let counted = 0
  found.forEach((match, index) => {
    line += text.slice(counted, match.index).split('\n').length - 1
    counted = match.index
    const end = Math.min(found[index + 1]?.index ?? text.length, match.index + 2000)
    const [, className, verb, name, init] = match
    if (className) {
      classes.push({ name: className, bases: [], init: null, methods: [], attributes: [], statics: [], line })
      return
    }
    const parameters = namedArguments(text.slice(match.index, end))
    // `m.def(…)`: the statement starts with the module's variable, a chained `.def` with a line break or a bracket.
    const free = verb === 'def' && /(?:^|[;{}\s])m\w*$/.test(text.slice(Math.max(0, match.index - 40), match.index))
    const owner = classes.at(-1)
    if (free && name) functions.push({ name, parameters: parameters ?? [], line })
    else if (owner && init) classes[classes.length - 1] = { ...owner, init: owner.init ?? parameters }
    else if (owner && name && verb?.startsWith('def_') && verb !== 'def_static') owner.attributes.push(name)
    else if (owner && name && owner.methods.length < FILE_LIMITS.methods) {
      owner.methods.push([name, parameters])
      if (verb === 'def_static') owner.statics.push(name)
    }
  })
  const module = /\b(?:PYBIND11_MODULE|NB_MODULE|BOOST_PYTHON_MODULE)\s*\(\s*(\w{1,80})/.exec(text)?.[1] ?? ''
  return { module, classes: classes.slice(0, FILE_LIMITS.classes), functions }
}

function namedArguments(declaration: string): Parameter[] | null {
  const parameters: Parameter[] = []
  for (const match of declaration.matchAll(NAMED_ARGUMENT)) {
    const name = match[1] ?? match[3]
    const optional = match[2] !== undefined || match[4] !== undefined
    if (name && parameters.length < 30) parameters.push({ name, optional, kind: 'positional' })
  }
  return parameters.length > 0 ? parameters : null
}
