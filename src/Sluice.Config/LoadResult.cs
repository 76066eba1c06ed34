using System.Collections.Immutable;

namespace Sluice.Config;

/// <summary>What came of loading a configuration.</summary>
/// <param name="Set">The accepted configuration, or null where there is an error.</param>
/// <param name="Problems">Every error and warning, ordered by place.</param>
public sealed record LoadResult(ConfigSet? Set, ImmutableArray<ConfigError> Problems);
