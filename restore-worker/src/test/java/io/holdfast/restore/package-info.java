/** What tests of restores have in common. */
@NullMarked
package io.holdfast.restore;

import org.jspecify.annotations.NullMarked;
