/** A small service, for the tests of the runtime. */
@NullMarked
package io.holdfast.runtime.app;

import org.jspecify.annotations.NullMarked;
