using System.Collections.Concurrent;

namespace Sluice.Policy;

/// <summary>Numbers for realm names. A name keeps its number for the life of the process, so sessions outlive reloads; numbers are never reused.</summary>
/// <remarks>Names are added by one control thread; any thread may look one up.</remarks>
public sealed class RealmRegistry
{
    /// <summary>The number that means "no realm".</summary>
    public const ushort None = ushort.MaxValue;

    /// <summary>The most realms that a process may have met.</summary>
    public const int Capacity = ushort.MaxValue;

    private readonly Lock adding = new();
    private readonly ConcurrentDictionary<string, ushort> numbers = new(StringComparer.Ordinal);
    private string[] names = new string[16];
    private int count;

    /// <summary>How many realms have a number.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>A registry of its own that knows the same realms by the same numbers: for a policy that is only thought of.</summary>
    public RealmRegistry Copy()
    {
        var copy = new RealmRegistry();
        lock (adding)
            for (int i = 0; i < count; i++) copy.TryGetOrAdd(names[i], out _);
        return copy;
    }

    /// <summary>The number of a realm, which it gets now if it has none; false when all numbers are taken.</summary>
    public bool TryGetOrAdd(string name, out ushort number)
    {
        if (TryGet(name, out number)) return true;
        lock (adding)
        {
            if (numbers.TryGetValue(name, out number)) return true;
            if (count == Capacity) return false;
            number = (ushort)count;
            if (count == names.Length) Array.Resize(ref names, count * 2);
            names[count] = name;
            // A name can be read by its number before the number can be found by the name.
            Volatile.Write(ref count, count + 1);
            numbers[name] = number;
            return true;
        }
    }

    /// <summary>The number of a realm that has one.</summary>
    public bool TryGet(string name, out ushort number)
    {
        bool found = numbers.TryGetValue(name, out number);
        if (!found) number = None;
        return found;
    }

    /// <summary>The name of a realm.</summary>
    public string NameOf(ushort number) => number < Count ? Volatile.Read(ref names)[number] : "?";
}
