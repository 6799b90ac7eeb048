/** A project of the Python index: its versions and files, from the JSON API or, where there is none, the Simple API. */
import { valid } from '@renovatebot/pep440'
import { z } from 'zod'
import type { IndexConfig } from '../config/index-config.ts'
import { ConfigurationError, UserError } from '../values/errors.ts'
import { BadAnswerError, followable, type IndexHttp, NotFoundError, show } from './http.ts'
import type { Metadata } from './metadata.ts'
import { normalizeName } from './names.ts'
import { parseWheelName } from './wheel-tags.ts'

/** One file that can be read: a wheel or an sdist with a sha256. */
export interface IndexFile {
  readonly filename: string
  readonly kind: 'wheel' | 'sdist'
  readonly url: URL
  readonly sha256: string
  /** Bytes as the index says; absent in an old Simple API. */
  readonly size?: number
  readonly requiresPython: string
  /** Reason, possibly empty, when the file was yanked. */
  readonly yanked?: string
}

export interface Release {
  readonly version: string
  readonly files: readonly IndexFile[]
}

export interface Project {
  readonly name: string
  readonly releases: readonly Release[]
}

const text = z.string().nullish()
const jsonFile = z.object({
  filename: z.string(),
  url: z.string(),
  digests: z.object({ sha256: z.string().optional() }).optional(),
  size: z.number().nullish(),
  requires_python: text,
  yanked: z.boolean().nullish(),
  yanked_reason: text,
})
const jsonProject = z.object({
  info: z.object({ name: z.string() }),
  releases: z.record(z.string(), z.array(jsonFile)),
})
const jsonRelease = z.object({
  info: z.object({
    name: z.string(),
    version: z.string(),
    summary: text,
    license: text,
    license_expression: text,
    classifiers: z.array(z.string()).nullish(),
    requires_dist: z.array(z.string()).nullish(),
    requires_python: text,
    project_urls: z.record(z.string(), z.string()).nullish(),
    description: text,
  }),
})
const simpleProject = z.object({
  name: z.string(),
  files: z.array(
    z.object({
      filename: z.string(),
      url: z.string(),
      hashes: z.record(z.string(), z.string()).optional(),
      size: z.number().nullish(),
      'requires-python': text,
      yanked: z.union([z.boolean(), z.string()]).nullish(),
    }),
  ),
})
const SIMPLE_TYPE = 'application/vnd.pypi.simple.v1+json'

/**
 * Reads a project.
 *
 * @throws UserError when the index does not know it, ConfigurationError when it has neither API.
 */
export async function readProject(name: string, http: IndexHttp, config: IndexConfig): Promise<Project> {
  const url = new URL(`pypi/${name}/json`, config.apiUrl)
  try {
    const { value, url: from } = await http.json(url, jsonProject, 'application/json')
    const releases = Object.entries(value.releases).map(([version, files]) => ({
      version,
      files: files.flatMap((file) => {
        const yanked = file.yanked === true ? (file.yanked_reason ?? '') : undefined
        return indexFile(from, { ...file, sha256: file.digests?.sha256, requiresPython: file.requires_python, yanked })
      }),
    }))
    return { name: spelling(value.info.name, name), releases }
  } catch (error) {
    if (!(error instanceof NotFoundError) && !(error instanceof BadAnswerError)) throw error
    return readSimpleProject(name, http, config)
  }
}

/** What the index says about one version; undefined where it has no JSON API: then the artifact itself must do. */
export async function readReleaseInfo(
  name: string,
  version: string,
  http: IndexHttp,
  config: IndexConfig,
): Promise<Metadata | undefined> {
  try {
    const url = new URL(`pypi/${name}/${encodeURIComponent(version)}/json`, config.apiUrl)
    const { info } = (await http.json(url, jsonRelease, 'application/json')).value
    return {
      name: info.name,
      version: info.version,
      summary: info.summary ?? '',
      licence: info.license ?? '',
      licenceExpression: info.license_expression ?? '',
      classifiers: info.classifiers ?? [],
      requiresDist: info.requires_dist ?? [],
      requiresPython: info.requires_python ?? '',
      projectUrls: Object.entries(info.project_urls ?? {}),
      description: info.description ?? '',
    }
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof BadAnswerError) return undefined
    throw error
  }
}

async function readSimpleProject(name: string, http: IndexHttp, config: IndexConfig): Promise<Project> {
  try {
    const { value, url } = await http.json(new URL(`${name}/`, config.simpleUrl), simpleProject, SIMPLE_TYPE)
    const byVersion = new Map<string, IndexFile[]>()
    for (const file of value.files) {
      const version = versionOf(file.filename, name)
      if (version === undefined) continue
      const yanked = typeof file.yanked === 'string' ? file.yanked : file.yanked === true ? '' : undefined
      const entry = indexFile(url, {
        ...file,
        sha256: file.hashes?.sha256,
        requiresPython: file['requires-python'],
        yanked,
      })
      byVersion.set(version, [...(byVersion.get(version) ?? []), ...entry])
    }
    return {
      name: spelling(value.name, name),
      releases: [...byVersion].map(([version, files]) => ({ version, files })),
    }
  } catch (error) {
    if (error instanceof NotFoundError)
      throw new UserError(
        `The index ${show(config.simpleUrl)} has no package named ${name}; check the spelling of its distribution name, ` +
          'which may differ from its import name.',
        { cause: error },
      )
    if (error instanceof BadAnswerError)
      throw new ConfigurationError(
        `The index ${show(config.simpleUrl)} offers neither the JSON API nor the Simple API in JSON (PEP 691); ` +
          "set pip's index-url to one that does.",
        { cause: error },
      )
    throw error
  }
}

/** The project's own spelling of its name, when it is a spelling of that name at all. */
function spelling(spelled: string, name: string): string {
  return /^[A-Za-z0-9._-]+$/.test(spelled) && normalizeName(spelled) === name ? spelled : name
}

/** Version that a file name carries; an sdist's name may hold hyphens, so the project's name tells where it ends. */
function versionOf(filename: string, name: string): string | undefined {
  const wheel = parseWheelName(filename)
  if (wheel !== undefined) return valid(wheel.version) ?? undefined
  const stem = sdistStem(filename)
  if (stem === undefined) return undefined
  for (let at = stem.indexOf('-'); at !== -1; at = stem.indexOf('-', at + 1))
    if (normalizeName(stem.slice(0, at)) === name) return valid(stem.slice(at + 1)) ?? undefined
  return undefined
}

function sdistStem(filename: string): string | undefined {
  return /^(.+)\.(?:tar\.gz|tgz|zip)$/.exec(filename)?.[1]
}

interface RawFile {
  readonly filename: string
  readonly url: string
  readonly sha256: string | undefined
  readonly size?: number | null | undefined
  readonly requiresPython?: string | null | undefined
  readonly yanked: string | undefined
}

/** The file as one element, or nothing when it is of a kind that is not read (eggs, installers) or has no sha256. */
function indexFile(page: URL, file: RawFile): IndexFile[] {
  const wheel = parseWheelName(file.filename) !== undefined
  const sha256 = file.sha256?.toLowerCase()
  if (!wheel && sdistStem(file.filename) === undefined) return []
  if (!/^[A-Za-z0-9._+!-]{1,250}$/.test(file.filename) || sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256))
    return []
  return [
    {
      filename: file.filename,
      kind: wheel ? 'wheel' : 'sdist',
      url: followable(page, file.url),
      sha256,
      requiresPython: file.requiresPython ?? '',
      ...(typeof file.size === 'number' ? { size: file.size } : {}),
      ...(file.yanked === undefined ? {} : { yanked: file.yanked }),
    },
  ]
}
