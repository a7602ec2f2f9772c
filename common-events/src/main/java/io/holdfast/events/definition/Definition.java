package io.holdfast.events.definition;

import io.holdfast.events.EventData;

/** Something that the control plane defines. The newest revision of a subject is what counts. */
public sealed interface Definition extends EventData
        permits TargetDefined, RepositoryDefined, NotificationsDefined, DefinitionRemoved {

    /** Counts up with each change of this subject; an older one never replaces a newer one. */
    long revision();
}
