package io.holdfast.runtime.progress;

import io.holdfast.events.progress.FollowedStandby;
import java.util.List;

/** What a service has to say of standbys that it answers, each time that it says it is there. Thread safe. */
@FunctionalInterface
public interface StandbyNews {
    /** How each of them is, as it was seen last: at once, without asking anybody. */
    List<FollowedStandby> standbyNews();
}
