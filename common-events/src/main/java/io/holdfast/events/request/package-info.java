/** What is asked for: by anybody for backups, by the control plane alone for restores. */
@NullMarked
package io.holdfast.events.request;

import org.jspecify.annotations.NullMarked;
