/** Who is asking: the App's JWT, installation tokens that end after an hour, people's tokens. */
import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto'
import { z } from 'zod'
import { ApiError } from './answers.ts'
import type { Account, Installation, Permissions } from './entities.ts'
import type { Actor } from './world.ts'

const HOUR = 3_600_000
/** GitHub accepts an App's JWT that lives at most ten minutes; clocks may differ by one. */
const JWT_SECONDS = 600
const CLOCK_SKEW_SECONDS = 60

const jwtHeader = z.object({ alg: z.literal('RS256') })
const jwtClaims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number(), exp: z.number() })

export interface InstallationToken {
  readonly token: string
  readonly installation: Installation
  readonly repositories: ReadonlySet<number> | undefined
  readonly permissions: Permissions | undefined
  /** Milliseconds since the epoch. */
  readonly expires: number
}

export interface Auth {
  /** A new token for a person. */
  person(account: Account): string
  /** A new token for an installation, narrowed to repositories and permissions where they are given. */
  installation(
    installation: Installation,
    repositories: ReadonlySet<number> | undefined,
    permissions: Permissions | undefined,
  ): InstallationToken
  /** Takes a token back; whether there was one. */
  revoke(token: string): boolean
  /** Reads an `Authorization` header; ApiError 401 for what is unknown, forged or has ended. */
  authenticate(authorization: string | undefined): Actor
}

/** Makes the book of tokens of one App. `now` is the clock in milliseconds. */
export function createAuth(appId: number, privateKey: string, now: () => number): Auth {
  const key = createPublicKey(privateKey)
  const people = new Map<string, Account>()
  const installations = new Map<string, InstallationToken>()
  const fresh = (prefix: string) => `${prefix}_${randomBytes(18).toString('hex')}`

  const actorOf = (token: string): Actor => {
    const account = people.get(token)
    if (account !== undefined) return { kind: 'user', account }
    const made = installations.get(token)
    if (made !== undefined) {
      const { installation, repositories, permissions, expires } = made
      if (expires <= now() || installation.state === 'deleted') throw badCredentials()
      if (installation.state === 'suspended') throw new ApiError(403, 'This installation has been suspended')
      return { kind: 'installation', installation, repositories, permissions }
    }
    if (token.split('.').length === 3) {
      verifyAppJwt(token, key, appId, now())
      return { kind: 'app' }
    }
    throw badCredentials()
  }

  return {
    person(account) {
      const token = fresh('ghp')
      people.set(token, account)
      return token
    },
    installation(installation, repositories, permissions) {
      const expires = Math.floor(now() / 1000) * 1000 + HOUR
      const made = { token: fresh('ghs'), installation, repositories, permissions, expires }
      installations.set(made.token, made)
      return made
    },
    revoke: (token) => installations.delete(token),
    authenticate(authorization) {
      if (authorization === undefined) return { kind: 'anonymous' }
      const token = tokenOf(authorization)
      if (token === undefined) throw badCredentials()
      return actorOf(token)
    },
  }
}

/** The token of an `Authorization` header: `token …`, `Bearer …`, or the password of `Basic …`. */
export function tokenOf(authorization: string): string | undefined {
  const match = /^(token|bearer|basic) +(\S+)$/i.exec(authorization)
  if (match?.[2] === undefined) return undefined
  if (match[1]?.toLowerCase() !== 'basic') return match[2]
  const text = Buffer.from(match[2], 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : text.slice(colon + 1)
}

function badCredentials(): ApiError {
  return new ApiError(401, 'Bad credentials')
}

/** Throws ApiError 401 unless the App signed it and its times fit. */
function verifyAppJwt(token: string, key: KeyObject, appId: number, now: number): void {
  const [header = '', claims = '', signature = ''] = token.split('.')
  const parsed = { header: jwtHeader.safeParse(json(header)), claims: jwtClaims.safeParse(json(claims)) }
  const signed = verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
  if (!parsed.header.success || !parsed.claims.success || !signed) {
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }
  const { iss, iat, exp } = parsed.claims.data
  const seconds = now / 1000
  if (String(iss) !== String(appId)) throw new ApiError(404, 'Integration not found')
  if (exp <= seconds) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  }
  if (exp > seconds + JWT_SECONDS + CLOCK_SKEW_SECONDS) {
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
  }
  if (iat > seconds + CLOCK_SKEW_SECONDS) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  }
}

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
