package io.holdfast.events.request;

import io.holdfast.events.RepositoryId;

/**
 * Something that is asked of the retention role. Acted on only when signed by the control plane, not expired, and not used
 * before.
 */
public sealed interface RetentionRequest extends RequestData permits RetentionRequested, HoldRequested {

    RepositoryId repository();
}
