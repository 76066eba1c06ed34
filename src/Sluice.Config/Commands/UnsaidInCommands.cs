using Sluice.Config.Documents;

namespace Sluice.Config.Commands;

/// <summary>What documents can ask for and command lines have no words for.</summary>
internal static class UnsaidInCommands
{
    public static IEnumerable<string> Of(TranslationDocument translation)
    {
        if (translation.Realm != ConfigSet.DefaultRealm) yield return $"the realm '{translation.Realm}' can't be said";
        if (translation.Ports.Count > 1 && !translation.Ports.IsAll) yield return $"the ports {translation.Ports} can't be said";
        if (!translation.Sources.IsEmpty) yield return "'sources' can't be said";
        if (translation.AffinityTimeout is not null) yield return "affinity can't be said";
        if (!translation.HashFields.IsEmpty || translation.SymmetricHash || translation.ReverseHash) yield return "what is hashed can't be said";
        if (translation.DrainOnRemove) yield return "'onRemove: drain' can't be said";
        if (translation.Health is not null) yield return "health checks can't be said";
        foreach (BackendSpec backend in translation.Backends)
        {
            if (backend.Weight == 0 || backend.Weight % 100 != 0) yield return $"the weight {backend.Weight} of {backend.Address} can't be said";
            if (backend.Draining) yield return $"'state: draining' of {backend.Address} can't be said";
            if (backend.Ports is { Count: > 1 } ports) yield return $"the ports {ports} of {backend.Address} can't be said";
        }
    }

    public static IEnumerable<string> Of(SourceNatDocument source)
    {
        if (source.Realm != ConfigSet.DefaultRealm) yield return $"the realm '{source.Realm}' can't be said";
        if (source.CoversAllLinks) yield return "'all links of the realm' can't be said: each has its line";
        if (!source.Include.IsEmpty) yield return "'include' can't be said";
        foreach (var range in source.Addresses)
            if (range.First != range.Last) yield return $"the addresses {range} can't be said";
    }
}
