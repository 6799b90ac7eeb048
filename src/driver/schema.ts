/** The published JSON schema of the driver language, made from the one definition in `values/driver.ts`. */
import { z } from 'zod'
import { driver } from '../values/driver.ts'

/** Text of `docs/driver.schema.json`. */
export function driverSchema(): string {
  const schema = z.toJSONSchema(driver, { target: 'draft-2020-12' })
  return `${JSON.stringify({ title: 'Graft driver, schema 1', ...schema }, null, 2)}\n`
}
