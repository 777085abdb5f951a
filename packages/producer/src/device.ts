// A push device, as Customer.io takes it.

import * as z from 'zod'

/** Token of a push device. */
export const deviceTokenSchema: z.ZodType<{ token: string }> = z.strictObject({
  token: z.string().min(1),
})

/** A push device. */
export const deviceSchema: z.ZodType<{
  token: string
  platform: 'ios' | 'android'
  last_used?: number | undefined
  attributes?: Record<string, unknown> | undefined
}> = z.strictObject({
  token: z.string().min(1),
  platform: z.enum(['ios', 'android']),
  last_used: z
    .int()
    .min(0)
    .max(9_999_999_999, { error: 'this is a time in milliseconds; give unix seconds' })
    .optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
})
