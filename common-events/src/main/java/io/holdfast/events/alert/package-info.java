/** What somebody has to know about: raised, acknowledged, resolved, each by the same key. */
@NullMarked
package io.holdfast.events.alert;

import org.jspecify.annotations.NullMarked;
