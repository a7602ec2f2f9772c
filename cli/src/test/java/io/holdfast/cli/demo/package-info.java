/** What the demo calls proven, and what not. */
@NullMarked
package io.holdfast.cli.demo;

import org.jspecify.annotations.NullMarked;
