/**
 * What people call the gates. A name is only a hypothesis (one package's `T` is Toffoli, another's `C` is CNOT): it ranks
 * what the probe tries first, and the measured unitary decides.
 */
import type { GateName } from './gates.ts'

const SPELLINGS: Readonly<Record<GateName, string>> = {
  h: 'h had hadamard walsh walshhadamard',
  x: 'x paulix not bitflip sigmax xpauli',
  y: 'y pauliy sigmay ypauli',
  z: 'z pauliz sigmaz phaseflip zpauli',
  s: 's phases sqrtz zsqrt phase90 pi2phase halfpi clifford_s',
  sdg: 'sdg sdag sdagger sd sdagg sdgr sinv sadj sadjoint sconj si adjs invs sinverse',
  t: 't phaset pi8 pi4phase fourthrootz',
  tdg: 'tdg tdag tdagger td tdagg tdgr tinv tadj tadjoint tconj ti adjt invt tinverse',
  sx: 'sx sqrtx xsqrt v vx srx sqx sqrtnot snot srn srnot x90 rx90 xhalf halfx sqrtofnot',
  rx: 'rx xrot rotx rotationx rotatex xrotation xrotate rotateaboutx rotaroundx rxrotation',
  ry: 'ry yrot roty rotationy rotatey yrotation yrotate rotateabouty rotaroundy ryrotation',
  rz: 'rz zrot rotz rotationz rotatez zrotation zrotate rotateaboutz rotaroundz rzrotation',
  p: 'p phase u1 phaseshift shift ph rphi r1 phi phaserot phaserotation rotphase phasechange phaseshifter ps r',
  u3: 'u3 u uu3 unitary3 euler qasmu uthetaphilam uthetaphilambda genericu',
  cx: 'cx cnot controllednot controlledx xc cpaulix controlledpaulix feynman qcnot',
  cz: 'cz csign cpauliz controlledz controlledpauliz cphaseflip',
  swap: 'swap swp exchange',
  iswap: 'iswap swapi',
  cp: 'cp cu1 cphase cphaseshift cr controlledphase controlledphaseshift controlledp controlledu1 cps cphaserot crp cr1',
  crz: 'crz crotz controlledrz controlledrotz controlledrotationz',
  rzz: 'rzz zz isingzz zzrotation zzphase rotzz zzinteraction zzising',
  ccx: 'ccx ccnot toffoli tof toff tofolli toffolli controlledcontrollednot controlledcnot c2x c2not',
  cswap: 'cswap fredkin controlledswap csw csp',
}

const BY_SPELLING = new Map<string, GateName>()
for (const [gate, words] of Object.entries(SPELLINGS) as [GateName, string][]) {
  for (const word of words.split(' ')) BY_SPELLING.set(word.replace(/_/g, ''), gate)
}

/**
 * Words around a gate's own name: `apply_h`, `HGate`, `add_RX_gate`, `gate_cx`, `qH` … A short word counts only before an
 * underscore or a capital, so that `dot` is no `t` and `qu` no `u`.
 */
const BEFORE =
  /^(?:(?:ADD|APPLY|GATE|OP|QUBIT|CIRCUIT|QUANTUM)_|(?:[aA]dd|[aA]pply|[aA]ppend|[iI]nsert|[qQ]uantum)_?|(?:[pP]ush|[pP]ut|[dD]o|[gG]et|[mM]ake|[cC]reate|[gG]enerate|[gG]ate|[oO]p|[oO]perator|[qQ]ubit|[cC]ircuit|[sS]tandard|[sS]ingle|[sS]td|[qQgG])(?:_|(?=[A-Z])))(?=[A-Za-z0-9])/
const AFTER = /(?:_?gates?|_(?:op|mat|instr|class)|_?(?:operator|operation|matrix|instruction|transform|circuit))$/i
const AFTER_CAPITAL = /(?<=[A-Za-z0-9])(?:Op|Mat|Instr)$/

const MAX_NAME = 40

/** The gate that a class, function, method or string literal suggests, or undefined. */
export function gateOfName(name: string): GateName | undefined {
  if (name.length > MAX_NAME) return undefined
  const bare = name.replace(/^_+|_+$/g, '')
  const withoutStart = bare.replace(BEFORE, '')
  for (const variant of [bare, withoutEnd(bare), withoutStart, withoutEnd(withoutStart)]) {
    const found = BY_SPELLING.get(variant.toLowerCase().replace(/[^a-z0-9]/g, ''))
    if (found) return found
  }
  return undefined
}

const withoutEnd = (name: string): string => name.replace(AFTER_CAPITAL, '').replace(AFTER, '')
