// What printed the table in the-sorter-that-was-not-repaired.md. With the jars of Spark 4.3.0 on the class path, and the
// --add-opens that Spark's own launcher gives: javac SorterOnSpark.java && java SorterOnSpark
import java.lang.ref.WeakReference; import java.lang.reflect.*;
import org.apache.spark.*; import org.apache.spark.memory.*; import org.apache.spark.util.collection.ExternalSorter;
public class SorterOnSpark {
  static class It extends scala.collection.AbstractIterator<scala.Product2<Object,Object>> { int i=0,n; It(int n){this.n=n;} public boolean hasNext(){return i<n;} public scala.Product2<Object,Object> next(){ return new scala.Tuple2<Object,Object>((Object)Long.valueOf(i++), (Object)new byte[1024]); } }
  static class C extends MemoryConsumer { C(TaskMemoryManager t){super(t, MemoryMode.ON_HEAP);} public long spill(long s, MemoryConsumer c){return 0;} }
  static Field f(Class<?> c, String suffix){ for(Field x: c.getDeclaredFields()) if(x.getName().equals(suffix)||x.getName().endsWith("$$"+suffix)){ x.setAccessible(true); return x;} throw new RuntimeException(suffix); }
  static void gc() throws Exception { for(int k=0;k<3;k++){ WeakReference<Object> canary=new WeakReference<>(new Object()); while(canary.get()!=null){ System.gc(); Thread.sleep(20);} } }
  static long heap() { Runtime r=Runtime.getRuntime(); return (r.totalMemory()-r.freeMemory())>>20; }
  public static void main(String[] a) throws Exception {
    SparkConf conf=new SparkConf(true).setMaster("local[1]").setAppName("h").set("spark.ui.enabled","false").set("spark.driver.host","127.0.0.1").set("spark.shuffle.spill.initialMemoryThreshold","1024");
    SparkContext sc=new SparkContext(conf); System.out.println("Spark "+sc.version());
    long pool=256L<<20; UnifiedMemoryManager mm=new UnifiedMemoryManager(conf,pool,0,1); TaskMemoryManager tmm=new TaskMemoryManager(mm,1);
    Constructor<?> k=TaskContextImpl.class.getConstructors()[0]; Object[] args=new Object[k.getParameterCount()]; Class<?>[] ts=k.getParameterTypes();
    for(int i=0;i<args.length;i++){ Class<?> t=ts[i]; if(t==int.class) args[i]=0; else if(t==long.class) args[i]=1L; else if(t==TaskMemoryManager.class) args[i]=tmm; else if(t==java.util.Properties.class) args[i]=new java.util.Properties(); else if(t.getSimpleName().equals("TaskMetrics")) args[i]=t.getConstructor().newInstance(); else if(t==scala.math.BigDecimal.class) args[i]=scala.math.BigDecimal$.MODULE$.apply(1); else if(t==scala.collection.immutable.Map.class) args[i]=scala.collection.immutable.Map$.MODULE$.empty(); else args[i]=null; }
    TaskContext ctx=(TaskContext)k.newInstance(args); TaskContext$.MODULE$.setTaskContext(ctx);
    Constructor<?> sk=ExternalSorter.class.getConstructors()[0]; for(Constructor<?> c: ExternalSorter.class.getConstructors()) if(c.getParameterCount()>sk.getParameterCount()) sk=c;
    Object[] sa=new Object[sk.getParameterCount()]; sa[0]=ctx; for(int i=1;i<=3;i++) sa[i]=scala.None$.MODULE$; sa[4]=SparkEnv$.MODULE$.get().serializer(); if(sa.length>5) sa[5]=Array.newInstance(sk.getParameterTypes()[5].getComponentType(),0);
    @SuppressWarnings("unchecked") ExternalSorter<Object,Object,Object> s=(ExternalSorter<Object,Object,Object>)sk.newInstance(sa);
    C other=new C(tmm); gc(); System.out.println("heap before: "+heap()+" MB");
    s.insertAll(new It(60000)); WeakReference<Object> buffer=new WeakReference<>(f(ExternalSorter.class,"buffer").get(s));
    scala.collection.Iterator<?> it=s.iterator(); gc();
    System.out.println("filled, iterator open: sorter.used="+(s.getUsed()>>20)+" MB, heap "+heap()+" MB, buffer reachable "+(buffer.get()!=null));
    long got=other.acquireMemory(pool); gc();
    System.out.println("other acquired "+(got>>20)+" of "+(pool>>20)+" MB; sorter.used="+s.getUsed()+", accounted "+(tmm.getMemoryConsumptionForThisTask()>>20)+" MB, heap "+heap()+" MB, buffer field null "+(f(ExternalSorter.class,"buffer").get(s)==null)+", buffer reachable "+(buffer.get()!=null));
    it.next(); gc();
    System.out.println("one pull later: heap "+heap()+" MB, buffer reachable "+(buffer.get()!=null));
    int n=1; while(it.hasNext()){it.next();n++;} System.out.println("records read: "+n); s.stop(); sc.stop(); System.exit(0);
  } }
