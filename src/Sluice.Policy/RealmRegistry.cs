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
    private Dictionary<string, ushort> numbers = new(StringComparer.Ordinal);
    private string[] names = [];

    /// <summary>How many realms have a number.</summary>
    public int Count => Volatile.Read(ref names).Length;

    /// <summary>The number of a realm, which it gets now if it has none; false when all numbers are taken.</summary>
    public bool TryGetOrAdd(string name, out ushort number)
    {
        if (TryGet(name, out number)) return true;
        lock (adding)
        {
            if (numbers.TryGetValue(name, out number)) return true;
            if (names.Length == Capacity) return false;
            number = (ushort)names.Length;
            // Readers see the old table or the new one, each whole.
            var next = new Dictionary<string, ushort>(numbers, StringComparer.Ordinal) { [name] = number };
            Volatile.Write(ref names, [.. names, name]);
            Volatile.Write(ref numbers, next);
            return true;
        }
    }

    /// <summary>The number of a realm that has one.</summary>
    public bool TryGet(string name, out ushort number)
    {
        bool found = Volatile.Read(ref numbers).TryGetValue(name, out number);
        if (!found) number = None;
        return found;
    }

    /// <summary>The name of a realm.</summary>
    public string NameOf(ushort number)
    {
        string[] known = Volatile.Read(ref names);
        return number < known.Length ? known[number] : "?";
    }
}
