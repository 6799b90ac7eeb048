/** All routes of the API. */
import type { Actions } from '../actions/engine.ts'
import type { RateLimit } from '../rate-limit.ts'
import type { Route } from '../world.ts'
import { actionsRoutes, type Downloads } from './actions.ts'
import { type AppRoutesOptions, appRoutes } from './app.ts'
import { checkRoutes } from './checks.ts'
import { commentRoutes } from './comments.ts'
import { commitRoutes } from './commits.ts'
import { contentRoutes } from './contents.ts'
import { gitDataRoutes } from './git-data.ts'
import { issueRoutes } from './issues.ts'
import { labelRoutes } from './labels.ts'
import { mergeRoutes } from './merge.ts'
import { pullRoutes } from './pulls.ts'
import { reactionRoutes } from './reactions.ts'
import { repositoryRoutes } from './repositories.ts'
import { reviewRoutes } from './reviews.ts'
import { statusRoutes } from './statuses.ts'
import { userRoutes } from './users.ts'

export interface AllRoutesOptions extends AppRoutesOptions {
  readonly actions: Actions
  readonly downloads: Downloads
  readonly rateLimit: RateLimit
}

/** Makes the list that the router serves. */
export function allRoutes(options: AllRoutesOptions): readonly Route[] {
  return [
    ...appRoutes(options),
    ...userRoutes(options.rateLimit),
    ...repositoryRoutes,
    ...gitDataRoutes,
    ...contentRoutes,
    ...commitRoutes,
    ...issueRoutes,
    ...commentRoutes,
    ...labelRoutes,
    ...reactionRoutes,
    ...pullRoutes,
    ...mergeRoutes,
    ...reviewRoutes,
    ...checkRoutes,
    ...statusRoutes,
    ...actionsRoutes(options.actions, options.downloads),
  ]
}
