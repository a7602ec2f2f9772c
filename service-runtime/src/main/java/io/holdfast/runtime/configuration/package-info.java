/** What a service can be told from outside, and the clock and ids that it gets. */
@NullMarked
package io.holdfast.runtime.configuration;

import org.jspecify.annotations.NullMarked;
