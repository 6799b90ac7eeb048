/** What a licence says of who may use the package: from the SPDX expression, the classifiers and the licence field. Pure. */
import type { Evidence, Profile } from '../values/profile.ts'

/** A line of the metadata. */
export interface Header {
  readonly text: string
  readonly evidence: readonly Evidence[]
}

/** Grants nothing: nobody but its owner may use it. */
const FORBIDS: readonly RegExp[] = [
  /^classifier:\s*private\s*::/i,
  /^license(?:-expression)?:\s*(?:unlicensed|none|all rights reserved|(?:proprietary|private)(?:,| and| &) ?(?:confidential|internal)\b.*|(?:strictly )?confidential)\.?$/i,
  /^license-expression:.*\blicenseref-[\w.-]*(?:all-rights-reserved|confidential|internal|no-?licen[cs]e|unlicensed)\b/i,
  /\b(?:internal use only|no licen[cs]e (?:is )?granted|may not be (?:used|copied|redistributed)|unauthori[sz]ed use|all use prohibited)\b/i,
]
/** Grants use to some, or for some purposes. */
const RESTRICTS: readonly RegExp[] = [
  // SPDX: Creative Commons without commerce, PolyForm but for two, Business Source, Aladdin, evaluation and academic licences.
  /\b(?:CC-BY-NC[\w.-]*|PolyForm-(?!Perimeter|Shield)[\w.-]+|BUSL-[\d.]+|Aladdin|AFPL|C-UDA-1\.0|Parity-\S+|Prosperity-\S+|Elastic-2\.0|SSPL-1\.0)\b/i,
  /non-?\s?commercial|(?:academic|research|educational|evaluation|home) (?:and \w+ )?(?:use|purposes?)|free for (?:home|educational)|(?:research|evaluation) only/i,
  /^classifier:\s*license\s*::\s*(?:other\/proprietary|aladdin)/i,
  /^license(?:-expression)?:.*\b(?:proprietary|EULA|licenseref-proprietary)\b/i,
]

/** The first line that forbids, else the first that restricts; undefined where neither does. */
export function licenceTerms(headers: readonly Header[]): Profile['licenceTerms'] {
  const about = headers.filter(({ text }) => /^(?:license(?:-expression)?|classifier):/i.test(text))
  for (const [value, signs] of [
    ['forbidden', FORBIDS],
    ['restricted', RESTRICTS],
  ] as const) {
    const found = about.find(({ text }) => signs.some((sign) => sign.test(text.slice(0, 500))))
    if (found !== undefined) return { value, evidence: [...found.evidence], confidence: 1 }
  }
  return undefined
}
