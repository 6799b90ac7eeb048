/** Everything that people read on GitHub. */
import type { Views } from '../../integration/models.ts'
import { renewTable } from './changes-table.ts'
import { checkView } from './check.ts'
import { onboardingView } from './onboarding.ts'
import { planView } from './plan.ts'
import { pullBody, pullTitle } from './pull.ts'
import { replyView } from './reply.ts'
import { statusView } from './status.ts'
import { verificationView } from './verification.ts'

export const views: Views = {
  status: statusView,
  plan: planView,
  pullTitle,
  pullBody,
  renewPullBody: renewTable,
  check: checkView,
  reply: replyView,
  verification: verificationView,
  onboarding: onboardingView,
}
