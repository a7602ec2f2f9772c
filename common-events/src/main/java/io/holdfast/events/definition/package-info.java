/** What the control plane defines: targets, repositories, routes. Each is signed and has a revision. */
@NullMarked
package io.holdfast.events.definition;

import org.jspecify.annotations.NullMarked;
