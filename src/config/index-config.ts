/**
 * Where the Python index is, and what is needed to talk to it: the operator's own configuration, never a user's.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { PackageURL, UrlConverter } from '@socketregistry/packageurl-js'
import { ConfigurationError } from '../values/errors.ts'
import { type Machine, readPipSettings, thisMachine } from './pip-settings.ts'

export interface IndexConfig {
  /** Root of the Simple API without credentials and with a slash at the end. Safe to print. */
  readonly simpleUrl: URL
  /** Root of the JSON API, with a slash at the end: `<root>pypi/NAME/json`. An index may lack it. */
  readonly apiUrl: URL
  /** Value of an Authorization header for the index's own origin. A secret: never print it. */
  readonly authorization?: string
  /** Certificates to trust, PEM. */
  readonly certificates: readonly string[]
  /** The file they came from, where one was configured: other tools (uv, pip) want it by name. */
  readonly certificateFile?: string
  /** Proxies for http and https, and the hosts that bypass them. May hold credentials. */
  readonly proxy?: { readonly http?: string; readonly https?: string; readonly bypass?: string }
}

/**
 * Loads the index's address and certificates.
 *
 * Address: `PIP_INDEX_URL`, pip's configuration files, else the index that the package-URL library knows for `pypi`.
 * Certificates: the file pip was told to use, alone, as pip does; else what Node trusts (its own list and
 * `NODE_EXTRA_CA_CERTS`) together with `SSL_CERT_FILE` and the system's store. Works with an empty environment.
 *
 * @throws ConfigurationError for an address that is no http(s) URL or a certificate file that cannot be read.
 */
export async function loadIndexConfig(machine: Machine = thisMachine()): Promise<IndexConfig> {
  const pip = await readPipSettings(machine)
  const { url, authorization } = splitCredentials(pip.indexUrl ?? wellKnownIndex())
  const { certificates, file } = await loadCertificates(pip.certificate, machine)
  const proxy = proxies(pip.proxy, machine)
  return {
    simpleUrl: url,
    apiUrl: new URL(url.href.replace(/\/\+?simple\/$/, '/')),
    certificates,
    ...(authorization === undefined ? {} : { authorization }),
    ...(file === undefined ? {} : { certificateFile: file }),
    ...(proxy === undefined ? {} : { proxy }),
  }
}

/** The Simple API's root: the library gives the page of one package, which lies directly below it. */
function wellKnownIndex(): string {
  const page = UrlConverter.toDownloadUrl(PackageURL.fromString('pkg:pypi/name@0'))?.url
  if (page === undefined)
    throw new ConfigurationError('No Python index is known here: set PIP_INDEX_URL or index-url in pip.conf.')
  return new URL('../', page).href
}

function splitCredentials(address: string): { url: URL; authorization?: string } {
  const url = URL.canParse(address) ? new URL(address) : undefined
  // The address is not repeated: it may hold a password.
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new ConfigurationError("pip's index-url is not an http or https URL; correct PIP_INDEX_URL or pip.conf.")
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  if (username === '' && password === '') return { url }
  const pair = `${decode(username)}:${decode(password)}`
  return { url, authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

/** Percent-decoding that leaves a stray `%` alone, as in a password that nobody encoded. */
function decode(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (escaped) =>
    Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

async function loadCertificates(
  configured: string | undefined,
  { environment }: Machine,
): Promise<{ certificates: string[]; file?: string }> {
  if (configured !== undefined) return { certificates: await readCertificates(configured), file: configured }
  const certificates = new Set([...getCACertificates('default'), ...getCACertificates('system')])
  // NODE_EXTRA_CA_CERTS is read by Node at its start, so it is missing when the variable belongs to another environment.
  let file: string | undefined
  for (const name of ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']) {
    const path = environment[name]
    if (!path) continue
    for (const certificate of await readCertificates(path)) certificates.add(certificate)
    file ??= path
  }
  return { certificates: [...certificates], ...(file === undefined ? {} : { file }) }
}

/** Reads a PEM file, or every PEM file of a folder, which pip accepts too. */
async function readCertificates(path: string): Promise<string[]> {
  try {
    const isFolder = (await stat(path)).isDirectory()
    const files = isFolder ? (await readdir(path)).map((name) => join(path, name)) : [path]
    const texts: string[] = []
    for (const file of files) if ((await stat(file)).isFile()) texts.push(await readFile(file, 'utf8'))
    const found = texts.flatMap((text) => text.match(CERTIFICATE) ?? [])
    if (found.length === 0) throw new Error('it holds no certificate')
    return found
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    throw new ConfigurationError(`The certificate file ${path} cannot be used (${why}); correct pip's cert setting.`, {
      cause: error,
    })
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

function proxies(configured: string | undefined, { environment }: Machine): IndexConfig['proxy'] {
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()]
  const http = configured ?? variable('http_proxy')
  const https = configured ?? variable('https_proxy')
  const bypass = variable('no_proxy')
  if (http === undefined && https === undefined) return undefined
  for (const address of [http, https])
    if (address !== undefined && !/^https?:$/.test(URL.canParse(address) ? new URL(address).protocol : ''))
      throw new ConfigurationError('The configured proxy is not an http or https URL; correct it or unset it.')
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(bypass === undefined ? {} : { bypass }),
  }
}
